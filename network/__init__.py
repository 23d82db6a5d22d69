"""Brings a Hyperledger Fabric network up on this machine, without Docker or in containers.

Read in this order: `topology` (who runs what, on which port), `native` (up, deploy, upgrade, down),
then what these use:

    commands     where Fabric's own commands come from, and of which version they are
    crypto       certificate authorities, identities, TLS material
    settings     core.yaml, orderer.yaml and configtx.yaml
    directory    one command at a time, and the removal
    processes    detached processes that survive the command that started them
    launcher     starts a program only once its process id is on record
    channel      the genesis block, joining
    lifecycle    package, install, approve, commit the contract
    containers   what `docker-compose.yml` runs first: who is given what, and the channel
    together     several calls at once
    profile      what a client needs to know of the network: connection.json
    cli          `minori network …`
"""

DEMO_DAYS = 36
"""How many days of the past the demo town has on a real network."""
