"""What the quick import leaves out is built when it is needed."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

CHECK = """
import sys
from bot.quick_start import import_aiogram
import_aiogram()
from aiogram import types
from pydantic import BaseModel
assert not types.Message.__pydantic_complete__, "built already: nothing was saved"
chat = {"id": 1, "type": "private"}
reply = {"message_id": 1, "date": 1, "chat": chat, "text": "a"}
message = {"message_id": 2, "date": 1, "chat": chat, "text": "b", "reply_to_message": reply}
update = types.Update.model_validate({"update_id": 1, "message": message})
assert update.message.reply_to_message.text == "a"
assert types.Update.__pydantic_complete__
for name in types.__all__:
    model = getattr(types, name)
    if isinstance(model, type) and issubclass(model, BaseModel):
        assert model.model_rebuild() is not False, name
from aiogram import methods
assert methods.SendMessage(chat_id=1, text="x").model_dump()["text"] == "x"
import_aiogram()
"""


def test_every_model_of_aiogram_can_be_built_when_it_is_needed() -> None:
    ended = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", CHECK], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
