"""The hospital gateways as the hub knows them: enrolment, versions, uploads, health."""
