"""One repository per subject, each implementing its protocol of `civic.ports`."""
