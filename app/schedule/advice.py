"""What a run that nobody watches will lack, told when its schedule is added."""

from pathlib import Path
from typing import Final

from app.schedule.plan import Schedule
from app.texts import tr

_ASKS: Final = frozenset({"browser", "device"})


def advice(schedule: Schedule) -> list[str]:
    """Sentences for people; raises what reading connections and policy raises (a schedule that cannot run)."""
    from app.job import prepare
    from app.vault import BY_PASSPHRASE, VaultError, status

    connections = prepare(schedule.job).connections
    told: list[str] = []
    variables = sorted({_reference(v) for c in connections for v in c.options.values() if _is(v, "env:")})
    if variables:
        told.append(
            tr(
                "The connections take secrets from the environment ({names}). A scheduled run sees the variables of "
                "your user account only, not those of a terminal; `situs vault set NAME` is safer."
            ).format(names=", ".join(variables))
        )
    if any(_is(v, "vault:") for c in connections for v in c.options.values()):
        try:
            vault = status()
        except VaultError as error:
            told.append(str(error))
        else:
            if vault.protection == BY_PASSPHRASE:
                told.append(
                    tr(
                        "The vault is protected by a passphrase, which nobody will type: name a file that holds it in "
                        "the variable SITUS_VAULT_PASSPHRASE_FILE of your user account, or protect it by the keyring."
                    )
                )
            elif vault.trouble:
                told.append(vault.trouble)
    asking = [c.name for c in connections if c.auth in _ASKS or "mfa_serial" in c.options]
    if asking:
        told.append(
            tr("A person has to log in for {names}: such a run will stop there. Use a role or a stored secret.").format(
                names=", ".join(asking)
            )
        )
    missing = [p for p in schedule.job.files if not Path(p).exists()]
    if missing:
        told.append(tr("These files are not there yet: {names}.").format(names=", ".join(missing)))
    return told


def _is(value: object, prefix: str) -> bool:
    return isinstance(value, str) and value.startswith(prefix)


def _reference(value: object) -> str:
    return str(value).partition(":")[2]
