"""The bill of materials names each zip and each third-party package, and is the same for the same build."""

from __future__ import annotations

from pathlib import Path

from lambda_packages.build import Package, bill_of_materials

ZIP = Package("get_thing", "things.get_thing.handler", "get_thing.zip", 10, 20, 2, "ab" * 32)


def installed(wheels: Path, name: str, version: str) -> None:
    folder = wheels / f"{name}-{version}.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def test_it_names_zips_with_their_digests_and_packages_with_their_versions(tmp_path: Path) -> None:
    installed(tmp_path, "urllib3", "2.8.0")
    installed(tmp_path, "Jsonschema_RS", "0.60.3")
    bill = bill_of_materials(tmp_path, [ZIP])
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    file, *libraries = bill["components"]
    assert (file["name"], file["hashes"]) == ("get_thing.zip", [{"alg": "SHA-256", "content": "ab" * 32}])
    assert [each["purl"] for each in libraries] == ["pkg:pypi/jsonschema-rs@0.60.3", "pkg:pypi/urllib3@2.8.0"]
    assert bill["dependencies"] == [{"ref": "get_thing.zip", "dependsOn": [each["bom-ref"] for each in libraries]}]
    assert bill_of_materials(tmp_path, [ZIP]) == bill
