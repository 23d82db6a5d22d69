"""Brings a Hyperledger Fabric network up on this machine, without Docker.

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
    profile      what a client needs to know of the network: connection.json
    cli          `minori network …`
"""
