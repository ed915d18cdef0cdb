"""Runs the program as it was asked for."""

from PyQt6.QtWidgets import QApplication

from ebert_gui.app.picture_program import PictureProgram
from ebert_gui.app.program import Options
from ebert_gui.app.window_program import SIGNALLED, WindowProgram
from ebert_gui.widgets import theme as themes
from ebert_gui.windows.ending import AskedToEnd, Mistakes
from ebert_gui.workers.client import WorkerClient


def run(options: Options, app: QApplication, data: WorkerClient) -> int:
    """Run the program until its window closes or its picture is written; the exit code.

    The data worker may have been started already: it gets ready while this module is being imported.
    """
    app.setApplicationName("EBERT Browser")
    asked = AskedToEnd(app)
    if options.draws:
        drawing = PictureProgram(options, app, data)
        asked.asked.connect(lambda number: app.exit(SIGNALLED + number))
        code = app.exec()
        asked.stop()
        drawing.stop()
        return code
    app.setWindowIcon(themes.program_icon())
    program = WindowProgram(options, app, data)
    mistakes = Mistakes(program.window.desk.say)
    asked.asked.connect(program.end_because_of)
    program.window.show()
    code = app.exec()
    asked.stop()
    mistakes.stop()
    return program.signalled or code
