"""The machine under the beacon: its clock, its threads' urgency, its strain, systemd."""
