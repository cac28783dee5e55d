"""Brazil's VigiMed: ANVISA's open data, three tables issued as a whole each week.

`;` between fields, no quoting, ISO-8859-1. The birth date is not read.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Literal

from pv.sources import delivery
from pv.sources.delivery import Table, lacking
from pv.sources.layout import Layout
from pv.sources.model import Absent, Claim, Glimpse, Part, Source
from pv.sources.signs import Sign, before, filled, forms

_DATE = r"\d{4}(\d\d(\d\d([ T]?\d.*)?)?)?"
_DATES = rf"({_DATE})(\s*\|.*)?|\|.*"
_ID = "identificacao_notificacao"
_REPORT: tuple[Sign, ...] = (
    *filled(_ID),
    *forms(_ID, "numbers of notifications", r"[A-Z]{2}-\w+-.*\d.*"),
)


def _layout(required: str, optional: str, unread: str, *signs: Sign) -> Layout:
    return Layout(
        (_ID, *required.split()),
        tuple(optional.split()),
        tuple(unread.split()),
        signs=(*_REPORT, *signs),
        delimiter=";",
    )


_NOTIFICATIONS = _layout(
    "data_inclusao_sistema",
    """recebido_de data_ultima_atualizacao tipo_notificacao idade_momento_reacao sexo peso_kg grave
    gravidade desfecho data_inicio_hora notificador""",
    """uf tipo_entrada_vigimed data_notificacao notificacao_parent_child data_nascimento grupo_idade
    idade_gestacional_momento_reacao gestante lactante altura_cm
    reacao_evento_adverso_meddra data_final_hora duracao relacao_medicamento_evento
    nome_medicamento_whodrug acao_adotada""",
    *filled("data_inclusao_sistema"),
    *forms("data_inclusao_sistema data_ultima_atualizacao data_notificacao", "dates", _DATE),
    *forms("data_nascimento", "dates", _DATE),
    before("data_nascimento", "data_inclusao_sistema"),
    before("data_inclusao_sistema", "data_ultima_atualizacao"),
    *forms("data_inicio_hora data_final_hora", "dates", _DATES),
    *forms("idade_momento_reacao", "ages", r"[\d.,]+ ?\D+"),
    *forms("sexo", "sexes", r"feminino|masculino|desconhecido|ignorado|n.o .*"),
    *forms("grave", "Sim or Não", r"sim|n.o(\W.*)?|(sim|n.o)?\s*\|.*"),
)
_DRUGS = _layout(
    "nome_medicamento_whodrug componente_suspeito",
    """principios_ativos_whodrug indicacao_meddra dose inicio_administracao fim_administracao
    via_administracao numelo_lote""",
    """relacao_medicamento_evento codigo_atc detentor_registro concentracao acao_adotada
    problemas_adicionais_relcionados_medicamento indicacao_relatada_notificador_inicial
    frequencia_dose posologia duracao forma_farmaceutica via_administracao_mae_pai""",
    *filled("componente_suspeito"),
    *forms("componente_suspeito", "roles", r"suspeito|concomitante|intera..o|.*n.o administrado"),
    *forms("inicio_administracao fim_administracao", "dates", _DATES),
    *forms("nome_medicamento_whodrug", "names", r".*[^\W\d_].+"),
    *forms("codigo_atc", "ATC codes", r"[a-v](\d\d([a-z]{1,2}(\d\d)?)?)?(\W.*)?"),
)
_REACTIONS = _layout(
    "pt",
    "reacao_evto_adverso_meddra_llt desfecho data_inicio_hora",
    "hlt hlgt soc data_final_hora duracao grave gravidade",
    *filled("pt"),
    *forms("pt", "terms", r".*[^\W\d_].{2,}"),
    *forms("data_inicio_hora data_final_hora", "dates", _DATES),
    *forms("desfecho", "outcomes", r"(n.o )?recuper.*|em recupera.*|fatal.*|.*bito|desconhecid.*"),
)

TABLES = {
    table.label: table
    for table in (
        Table("Notificacoes", "staging.report", _NOTIFICATIONS,
              ("staging/vigimed_report", "staging/vigimed_source"),
              "none of its reports can be counted"),
        Table("Medicamentos", "staging.report_drug", _DRUGS, ("staging/vigimed_drug",),
              "its reports name no drugs"),
        Table("Reacoes", "staging.report_event", _REACTIONS, ("staging/vigimed_reaction",),
              "its reports name no reactions"),
    )
}  # fmt: skip
_FILE = re.compile(r".*(notificacoes|medicamentos|reacoes).*\.csv", re.I)
_PAPER = re.compile(r".*\.(pdf|docx?|html?|md)|readme.*|.*(dicionario|documentacao).*", re.I)


def recognise(name: str) -> Part | Literal["ignored"] | None:
    """A table by its name, e.g. `2026-01-05/VigiMed_Notificacoes.csv`."""
    path = PurePosixPath(name)
    if found := _FILE.fullmatch(path.name):
        return TABLES[found[1].capitalize()].part(name)
    return "ignored" if _PAPER.fullmatch(path.name) else None


def absent(parts: Sequence[Part]) -> list[Absent]:
    """Of the three tables those that a delivery lacks."""
    return lacking(tuple(TABLES.values()), parts)


def claim(glimpse: Glimpse) -> Claim | None:
    """Tables with VigiMed's columns, as zip or as single files."""
    return delivery.claim(glimpse, TABLES.values(), recognise, "VigiMed")


SOURCE = Source("vigimed", recognise, absent, claim, reissued=True)
