"""What the stack refers to and does not make: the table, the signing keys, the user pool, the bucket of its state."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_aws.database import create_table
from rehearsal.moto_server import MockedAws
from rehearsal.user_pool import UserPool


@dataclass(frozen=True)
class Prerequisites:
    """What was made: `table` and `bucket` by name, `user_pool`. `state_key` names Terraform's state in the bucket."""

    table: str
    bucket: str
    state_key: str
    user_pool: UserPool

    def state(self) -> dict[str, Any]:
        """Terraform's state, as its backend keeps it: Terraform itself would take seconds to show it."""
        stored = self.user_pool.aws.client("s3").get_object(Bucket=self.bucket, Key=self.state_key)
        state: dict[str, Any] = json.loads(stored["Body"].read())
        return state


def make_prerequisites(
    aws: MockedAws, database: str, environment: Mapping[str, str], backend: Mapping[str, str]
) -> Prerequisites:
    """`database` is DynamoDB's endpoint; `environment` and `backend` are an environment's settings."""
    table = f"products-{environment['environment']}"
    create_table(aws.client("dynamodb", endpoint_url=database), table)
    keys = f"/{environment['api_name']}/cursor-signing-keys"
    aws.client("ssm").put_parameter(Name=keys, Value=secrets.token_hex(32), Type="SecureString")
    aws.client("s3").create_bucket(
        Bucket=backend["bucket"], CreateBucketConfiguration={"LocationConstraint": aws.region}
    )
    pool = UserPool.make(aws, f"{environment['api_name']}-users")
    return Prerequisites(table, backend["bucket"], backend["key"], pool)
