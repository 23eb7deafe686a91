from __future__ import annotations

import pytest

from local_aws.gateway.imported_body import NotEmulated, Place
from local_aws.gateway.templates import Scope, velocity


def scope() -> Scope:
    variables = {"context.requestId": "r-1", "stageVariables.colour": "green"}
    return Scope(variables, {"header": {"a": "1", "empty": ""}, "querystring": {}, "path": {"id": "7"}})


def run(template: str) -> str:
    return velocity(Place(template))(scope())


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("", ""),
        ('{"statusCode":204}', '{"statusCode":204}'),
        ("$context.requestId!", "r-1!"),
        ("$stageVariables.colour", "green"),
        ("$context.xrayTraceId", "$context.xrayTraceId"),
        ("#set($a = 'x')#if($a)yes#end", "yes"),
        ("#if($a)yes#end no", " no"),
        ("#if(!$a)yes#end", "yes"),
        ("#if(!!$a)yes#end", ""),
        ("#set($a='x')#if($a&&$b)yes#end", ""),
        ("#set( $a = 'x' )#if( $a && !$b && $a )yes#end", "yes"),
        ("#if($a)#if($b)inner#end outer#end.", "."),
        ("#set($h = $input.params().get('header'))#if($h.get('a'))yes#end", "yes"),
        ("#set($h = $input.params().get('nothing'))#if($h.get('a'))yes#end", ""),
        ("#if($input.params().get('header').get('empty'))yes#end", "yes"),
        ("#set($l = ['1', \"2\"])#if($l.contains($input.params().get('header').get('a')))yes#end", "yes"),
        ("#set($l = [])#if($l.contains('1'))yes#end", ""),
        ("#set($l = ['https://a.example'])#if($l.contains('https://a'))yes#end", ""),
        ("#if($context.requestId)yes#end", "yes"),
    ],
)
def test_a_template_writes_its_text(template: str, text: str) -> None:
    assert run(template) == text


def test_null_changes_nothing() -> None:
    template = velocity(Place("#set($a = 'x')#set($a = $none)#set($context.responseOverride.header.X-A = $none)"))
    here = scope()
    template(here)
    assert (here.values, here.headers) == ({"a": "x"}, {})


def test_a_header_that_is_overridden_is_kept_aside() -> None:
    here = scope()
    velocity(Place('#set($context.responseOverride.header.Access-Control-Max-Age = "600")'))(here)
    assert here.headers == {"Access-Control-Max-Age": "600"}


def test_each_run_begins_anew() -> None:
    template = velocity(Place("#if($a)again#end#set($a = 'x')"))
    assert template(scope()) + template(scope()) == ""


@pytest.mark.parametrize(
    "template",
    [
        "#foreach($a in $b)$a#end",
        "#if($a)x#else y#end",
        "#if($a || $b)x#end",
        "#if($a == 'x')x#end",
        "#if($a)x",
        "#end",
        "# a comment",
        "## a comment",
        "$a",
        "${a}",
        "$!a",
        "$5",
        "$input.body",
        "$input.json('$')",
        "$util.escapeJavaScript('a')",
        "$context.unknown",
        "#set($context.responseOverride.status = '500')",
        "#set($context.requestId = 'x')",
        "#set($input = 'x')",
        "#set($a = 1)",
        '#set($a = "x$b")',
        "#set($a = $b.size())",
        "#set($a = $b.remove('x'))",
        "#set($a = ['x' 'y'])",
        "#set($a = 'x'",
        "#set($a)",
        "#macro(x)",
        "#set($a = 'x')\ntext",
    ],
)
def test_whatever_else_velocity_has_is_refused(template: str) -> None:
    with pytest.raises(NotEmulated):
        velocity(Place(template))
