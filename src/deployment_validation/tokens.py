"""Tokens from the environment, a file, or a login at Cognito. None of them is ever shown."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from deployment_validation import CannotRun

TOKEN, TOKEN_WITHOUT_GROUP = "API_TOKEN", "API_TOKEN_WITHOUT_GROUP"
USERNAME, PASSWORD = "COGNITO_USERNAME", "COGNITO_PASSWORD"


def given(file: Path | None, variable: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """The token in the file, else in the environment variable; None when there is neither. Raises CannotRun."""
    if file is not None:
        try:
            return _token(file.read_text(encoding="utf-8"), f"The file {file}")
        except OSError as error:
            raise CannotRun(f"The token file {file} cannot be read ({error.strerror}).") from None
        except UnicodeDecodeError:
            raise CannotRun(f"The file {file} holds no token.") from None
    text = environment.get(variable, "")
    return _token(text, f"The environment variable {variable}") if text.strip() else None


def _token(text: str, source: str) -> str:
    if not re.fullmatch("[A-Za-z0-9._~+/-]+=*", token := text.strip()):  # RFC 6750, 2.1: b64token.
        raise CannotRun(f"{source} holds no token.")
    return token


def from_cognito(client_id: str, region: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """The ID token of the user whose name and password are in the environment, by USER_PASSWORD_AUTH. Raises CannotRun.

    The app client must allow that flow and have no secret. AWS_ENDPOINT_URL and AWS_REGION are boto3's own.
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html
    """
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    user, password = environment.get(USERNAME), environment.get(PASSWORD)
    if not user or not password:
        raise CannotRun(f"A login needs the user's name and password in {USERNAME} and {PASSWORD}.")
    # Unsigned, so that no AWS credentials are looked for: this call takes none.
    config = Config(signature_version=UNSIGNED, connect_timeout=10, read_timeout=20, retries={"max_attempts": 2})
    try:
        client = boto3.client("cognito-idp", region_name=region or os.environ.get("AWS_REGION"), config=config)
        credentials = {"USERNAME": user, "PASSWORD": password}
        answer = client.initiate_auth(ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=credentials)
    except ClientError as error:
        raise CannotRun(f"The login failed ({error.response['Error'].get('Code')}).") from None
    except (BotoCoreError, ValueError) as error:
        raise CannotRun(f"The login failed ({type(error).__name__}).") from None
    if challenge := answer.get("ChallengeName"):
        raise CannotRun(f"The login failed: Cognito asks this user for more than a password ({challenge}).")
    return _token(str(answer["AuthenticationResult"]["IdToken"]), "Cognito's answer")
