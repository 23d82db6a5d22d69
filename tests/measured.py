"""Figures that tests measure by the way are printed when all is done; none is judged.

    def test_something(record_property):
        record_property("measured", "a start took 1.8 s")

Speed is judged by the benchmarks, on a machine that does nothing else.
"""

MEASURED = "measured"


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            if name == MEASURED:
                terminalreporter.write_line(f"MEASURED {text}")
