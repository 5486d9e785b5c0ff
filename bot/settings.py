"""What the environment (and ``.env``) decides: where things listen, where data lives, Telegram's keys.

What a *program* decides (its phones, hours, policies) is in ``program.yml``, see ``bot/program.py``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseSettings, Field, SecretStr, ValidationError, validator

ROOT = Path(__file__).resolve().parent.parent


class ConfigurationError(Exception):
    """The environment, ``.env`` or ``program.yml`` has something wrong; the message is one sentence for a person."""


class Settings(BaseSettings):
    """Read from the environment first, then from ``.env``; ``.env.example`` lists them all."""

    telegram_bot_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_staff_chat_id: int | None = None
    # Telegram's FAQ: about 30 a second; up to 1,000 for bots that pay for it (core.telegram.org/bots/faq).
    telegram_messages_per_second: int = Field(default=30, ge=1, le=1000)
    telegram_webhook_url: str | None = None
    telegram_webhook_secret: SecretStr | None = None
    var_dir: Path = Path("var")  # before the database, whose default lies in it
    database_url: str = ""
    public_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    rasa_port: int = Field(default=5005, ge=1, le=65535)
    actions_port: int = Field(default=5055, ge=1, le=65535)
    program_file: Path = Path("program.yml")
    log_level: str = "INFO"

    class Config:
        """Where the values come from."""

        env_file = ROOT / ".env"
        env_file_encoding = "utf-8"

    @validator(
        "telegram_bot_token", "telegram_staff_chat_id", "telegram_webhook_url", "telegram_webhook_secret", pre=True
    )
    def _empty_means_unset(cls, value: Any) -> Any:  # noqa: N805 - pydantic passes the class
        return None if isinstance(value, str) and not value.strip() else value

    @validator("telegram_api_url")
    def _http_address(cls, value: str) -> str:  # noqa: N805
        if not value.startswith(("http://", "https://")):
            raise ValueError("must be an address that starts with http:// or https://")
        return value.rstrip("/")

    @validator("telegram_webhook_secret", always=True)
    def _webhook_needs_a_secret(cls, value: SecretStr | None, values: dict[str, Any]) -> SecretStr | None:  # noqa: N805
        if values.get("telegram_webhook_url") and value is None:
            raise ValueError("is needed with TELEGRAM_WEBHOOK_URL, so that nobody else can post updates")
        return value

    @validator("var_dir", "program_file")
    def _below_the_project(cls, value: Path) -> Path:  # noqa: N805
        return value if value.is_absolute() else ROOT / value

    @validator("database_url", always=True)
    def _default_database(cls, value: str, values: dict[str, Any]) -> str:  # noqa: N805
        if value.strip():
            # Hosting providers still hand out the old scheme, which SQLAlchemy 1.4 refuses.
            return value.replace("postgres://", "postgresql://", 1)
        return f"sqlite:///{values.get('var_dir', ROOT / 'var') / 'assistant.sqlite'}"

    @property
    def public_address(self) -> str:
        """Give the address under which people outside reach the pages, for links in messages."""
        return self.public_url.rstrip("/") or self.web_address

    @property
    def web_address(self) -> str:
        """Give the address of the bot's pages, for a browser on this machine."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.port}"

    @property
    def rasa_url(self) -> str:
        """Give the address of our input channel in the Rasa server."""
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        """Give the address of the action server."""
        return f"http://127.0.0.1:{self.actions_port}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Give the settings, read once.

    Raises:
        ConfigurationError: a value is wrong; the sentence names the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        raise ConfigurationError(f"{name} {first['msg']}. Change it in .env or in the environment.") from None
    except (UnicodeDecodeError, OSError) as error:
        raise ConfigurationError(
            f"The file .env cannot be read ({type(error).__name__}); save it as UTF-8 text."
        ) from None
