"""The gateway over HTTP: commands in, answers out, one shape for every error.

app          puts it together: `create_app(gateway)`
guard        what every request passes: size, type, origin, rate, time; and every answer's headers
problems/    the table of problems; errors, answers: from an exception to problem+json or a page
visibility   who may see which field; every answer about records is cut by it
commands, sessions, devices, lots, shipments, about, health    the routes
"""
