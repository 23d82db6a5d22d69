"""The command line `minori`: what a phone, a till and an operator do, in a terminal.

keyring    keys as files, with what they have not sent yet      arguments  member=value
client     the gateway's API                                    sending    the queue
app        the commands themselves                              options    what many of them take
arrivals   a delivery at the shop                                  town       a town from a workbook
"""
