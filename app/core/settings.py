"""What an installation can set, read from the environment and `.env` once at start."""

from pathlib import Path
from typing import Final, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEMONSTRATION_SECRET: Final = "demonstration-only-not-a-secret-0"  # noqa: S105  refused outside the demonstration
SHORTEST_SECRET: Final = 32


class Settings(BaseSettings):
    """Everything an installation decides; importing `app` needs none of it."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    demonstration: bool = Field(
        default=True, description="Seed the demonstration and its sign-ins; never in production."
    )
    database_url: str | None = Field(None, description="PostgreSQL 15+; empty starts the embedded server.")
    migration_database_url: str | None = Field(None, description="The same database as the owner of the tables.")
    data_dir: Path = Field(Path("var"), description="Embedded database, recordings, reports.")
    secret_key: SecretStr = Field(
        SecretStr(DEMONSTRATION_SECRET), description="At least 32 characters; encrypts phone numbers and names."
    )
    previous_secret_keys: tuple[SecretStr, ...] = Field((), description="Older keys that still decrypt.")
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    public_base_url: str = Field("http://127.0.0.1:8000", description="The address people and providers see.")
    default_region: str = Field("CN", description="ISO 3166 region that numbers without + belong to.")
    time_zone: str = Field("Asia/Shanghai", description="Zone used where a place gives none.")
    upload_limit_bytes: int = Field(20_000_000, ge=1_000)
    twilio_account_sid: str | None = Field(None, description="Twilio account that calls are placed with.")
    twilio_auth_token: SecretStr | None = Field(None, description="Its auth token.")
    twilio_previous_auth_tokens: tuple[SecretStr, ...] = Field((), description="Older tokens that may still sign.")
    twilio_calls_per_second: float = Field(1.0, gt=0, le=100, description="Calls that the account may place a second.")
    twilio_messaging_service_sid: str | None = Field(None, description="Sends messages; the caller number if empty.")
    emulator_seed: int = Field(1, description="The demonstration's simulated people depend on it.")
    log_level: str = "INFO"

    @property
    def secure_cookies(self) -> bool:
        """Tell whether cookies carry Secure and the __Host- prefix: exactly when people come by https."""
        return self.public_base_url.startswith("https://")

    @model_validator(mode="after")
    def refuse_demonstration_secrets(self) -> Self:
        """Refuse the shipped key outside the demonstration: everybody knows it."""
        if self.demonstration:
            return self
        if self.secret_key.get_secret_value() == DEMONSTRATION_SECRET:
            message = "SECRET_KEY is the demonstration's. Set SECRET_KEY to 32 random characters of your own."
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def refuse_half_an_account(self) -> Self:
        """Refuse an account without its token, and a token without its account."""
        if (self.twilio_account_sid is None) != (self.twilio_auth_token is None):
            message = "Set both TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or neither."
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def refuse_short_keys(self) -> Self:
        """Refuse a key that could be guessed from one encrypted number."""
        if len(self.secret_key.get_secret_value()) < SHORTEST_SECRET:
            message = "SECRET_KEY is shorter than 32 characters. Make one with `openssl rand -hex 32`."
            raise ValueError(message)
        return self
