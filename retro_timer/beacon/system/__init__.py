"""The machine under the beacon: its clock, its threads' scheduling, its strain, systemd."""
