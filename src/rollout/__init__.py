"""Moves traffic to new versions of deployed functions, with CodeDeploy's canaries. No Lambda carries this package."""
