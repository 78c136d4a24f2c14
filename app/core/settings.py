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
    data_dir: Path = Field(Path("var"), description="Embedded database, reports.")
    recordings_dir: Path = Field(Path("var/recordings"), description="Recordings, encrypted; shared by all processes.")
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
    dial_by_hand: bool = Field(default=False, description="Interviewers dial on a telephone of their own.")
    twilio_account_sid: str | None = Field(None, description="Twilio account that calls are placed with.")
    twilio_auth_token: SecretStr | None = Field(None, description="Its auth token.")
    twilio_previous_auth_tokens: tuple[SecretStr, ...] = Field((), description="Older tokens that may still sign.")
    twilio_api_key_sid: str | None = Field(None, description="API key that signs the tokens of interviewers' browsers.")
    twilio_api_key_secret: SecretStr | None = Field(None, description="Its secret.")
    twilio_application_sid: str | None = Field(None, description="TwiML application that answers these browsers.")
    twilio_calls_per_second: float = Field(1.0, gt=0, le=100, description="Calls that the account may place a second.")
    twilio_messaging_service_sid: str | None = Field(None, description="Sends messages; the caller number if empty.")
    emulator_seed: int = Field(1, description="The demonstration's simulated people depend on it.")
    log_level: str = "INFO"

    @property
    def secure_cookies(self) -> bool:
        """Tell whether cookies carry Secure and the __Host- prefix: exactly when people come by https."""
        return self.public_base_url.startswith("https://")

    @property
    def has_twilio_account(self) -> bool:
        """Tell whether calls go out through Twilio itself; the demonstration calls simulated people."""
        return not self.demonstration and self.twilio_account_sid is not None

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
        """Refuse an account of which something is missing: without its browsers' key nobody would hear a respondent."""
        account = {
            "TWILIO_ACCOUNT_SID": self.twilio_account_sid,
            "TWILIO_AUTH_TOKEN": self.twilio_auth_token,
            "TWILIO_API_KEY_SID": self.twilio_api_key_sid,
            "TWILIO_API_KEY_SECRET": self.twilio_api_key_secret,
            "TWILIO_APPLICATION_SID": self.twilio_application_sid,
        }
        missing = [name for name, value in account.items() if value is None]
        if missing and len(missing) < len(account):
            message = f"Set all of {', '.join(account)}, or none. Missing: {', '.join(missing)}."
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def refuse_short_keys(self) -> Self:
        """Refuse a key that could be guessed from one encrypted number."""
        if len(self.secret_key.get_secret_value()) < SHORTEST_SECRET:
            message = "SECRET_KEY is shorter than 32 characters. Make one with `openssl rand -hex 32`."
            raise ValueError(message)
        return self
