"""What the tables of Brazil's VigiMed become in staging. The rows are invented."""

from pathlib import Path

import pytest

from pv.sources.model import Claim, Glimpse
from pv.sources.vigimed import SOURCE, TABLES
from tests.staged import aside, files, load, problem, rows

ISSUE = "vigimed/2026-01-05"
ID = "BR-ANVISA-300000001"
COLUMNS = {
    "Notificacoes": """UF TIPO_ENTRADA_VIGIMED RECEBIDO_DE IDENTIFICACAO_NOTIFICACAO
    DATA_INCLUSAO_SISTEMA DATA_ULTIMA_ATUALIZACAO DATA_NOTIFICACAO TIPO_NOTIFICACAO
    NOTIFICACAO_PARENT_CHILD DATA_NASCIMENTO IDADE_MOMENTO_REACAO GRUPO_IDADE
    IDADE_GESTACIONAL_MOMENTO_REACAO SEXO GESTANTE LACTANTE PESO_KG ALTURA_CM
    REACAO_EVENTO_ADVERSO_MEDDRA GRAVE GRAVIDADE DESFECHO DATA_INICIO_HORA DATA_FINAL_HORA DURACAO
    RELACAO_MEDICAMENTO_EVENTO NOME_MEDICAMENTO_WHODRUG ACAO_ADOTADA NOTIFICADOR""",
    "Medicamentos": """IDENTIFICACAO_NOTIFICACAO RELACAO_MEDICAMENTO_EVENTO NOME_MEDICAMENTO_WHODRUG
    PRINCIPIOS_ATIVOS_WHODRUG CODIGO_ATC DETENTOR_REGISTRO CONCENTRACAO COMPONENTE_SUSPEITO
    ACAO_ADOTADA PROBLEMAS_ADICIONAIS_RELCIONADOS_MEDICAMENTO INDICACAO_MEDDRA
    INDICACAO_RELATADA_NOTIFICADOR_INICIAL DOSE FREQUENCIA_DOSE POSOLOGIA DURACAO
    INICIO_ADMINISTRACAO FIM_ADMINISTRACAO FORMA_FARMACEUTICA VIA_ADMINISTRACAO
    VIA_ADMINISTRACAO_MAE_PAI NUMELO_LOTE""",
    "Reacoes": """IDENTIFICACAO_NOTIFICACAO REACAO_EVTO_ADVERSO_MEDDRA_LLT PT HLT HLGT SOC
    DATA_INICIO_HORA DATA_FINAL_HORA DURACAO GRAVE GRAVIDADE DESFECHO""",
}
CASE = {
    "UF": "SP",
    "RECEBIDO_DE": "Empresa Farmacêutica",
    "IDENTIFICACAO_NOTIFICACAO": ID,
    "DATA_INCLUSAO_SISTEMA": "20251201",
    "DATA_ULTIMA_ATUALIZACAO": "20251215",
    "TIPO_NOTIFICACAO": "Notificação espontânea",
    "DATA_NASCIMENTO": "19950505",
    "IDADE_MOMENTO_REACAO": "30 ano",
    "SEXO": "Feminino",
    "GRAVE": "Sim|Não",
    "GRAVIDADE": "Causou/prolongou hospitalização|Ameaça à vida",
    "DESFECHO": "Recuperado/Resolvido|Desconhecido",
    "DATA_INICIO_HORA": "20251120 0830|20251118",
    "NOTIFICADOR": "Médico",
}
DRUG = {
    "IDENTIFICACAO_NOTIFICACAO": ID,
    "NOME_MEDICAMENTO_WHODRUG": "Kymriah",
    "PRINCIPIOS_ATIVOS_WHODRUG": "Tisagenlecleucel",
    "CODIGO_ATC": "L01XL04",
    "COMPONENTE_SUSPEITO": "Suspeito",
    "INDICACAO_MEDDRA": "Linfoma|Leucemia",
    "INICIO_ADMINISTRACAO": "20251115",
    "VIA_ADMINISTRACAO": "Intravenosa_x000D_",
    "NUMELO_LOTE": "AB-1",
}


def table(label: str, *cases: dict[str, str]) -> bytes:
    columns = COLUMNS[label].split()
    lines = [";".join(columns), *(";".join(c.get(name, "") for name in columns) for c in cases)]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


def test_every_column_is_known_and_the_birth_date_is_not_read():
    for label, columns in COLUMNS.items():
        layout = TABLES[label].layout
        known = {*layout.required, *layout.optional, *layout.unread}
        assert known == set(columns.lower().split())
    layout = TABLES["Notificacoes"].layout
    assert "data_nascimento" in layout.unread


def test_a_notification_is_a_report_of_brazil(tmp_path: Path):
    con = load(tmp_path, {f"{ISSUE}/VigiMed_Notificacoes.csv": table("Notificacoes", CASE)})
    columns = (
        "source_report_id, source_case_id, authority, first_receipt_date, receipt_date, "
        "report_type, reporter, occurrence_country, sex, age_years, event_date, "
        "event_date_precision, unparsed"
    )
    assert rows(con, "report", columns) == [
        f"{ID}|{ID}|ANVISA|2025-12-01|2025-12-15|Notificação espontânea|Médico|BR|F|30.0|"
        "2025-11-18|day|"
    ]
    flags = (
        "serious, fatal, death, life_threatening, hospitalisation, disability, congenital_anomaly, "
        "other_serious"
    )
    assert rows(con, "report", flags) == ["True|False|False|True|True|False|False|False"]
    assert rows(con, "report_source", "report_source") == ["Empresa Farmacêutica"]
    assert "19950505" not in str(con.execute("select * from staging.report").fetchall())


@pytest.mark.parametrize(
    ("changed", "columns", "read"),
    [
        ({"GRAVE": "Não", "GRAVIDADE": ""}, "serious, death", "False|"),
        ({"GRAVE": "", "GRAVIDADE": ""}, "serious", ""),
        ({"DESFECHO": "Fatal/Óbito"}, "fatal", "True"),
        ({"GRAVIDADE": "Resultou em óbito"}, "fatal, death", "True|True"),
        ({"IDADE_MOMENTO_REACAO": "18 mês"}, "age_years", "1.5"),
        ({"IDADE_MOMENTO_REACAO": "1,5 anos"}, "age_years", "1.5"),
        ({"IDADE_MOMENTO_REACAO": "muita"}, "age_years, unparsed", "|['age_years']"),
        ({"DATA_INICIO_HORA": "00190101"}, "event_date", ""),
        ({"DATA_INICIO_HORA": "202511"}, "event_date", ""),
        ({"DATA_ULTIMA_ATUALIZACAO": ""}, "receipt_date", "2025-12-01"),
        ({"SEXO": "Masculino"}, "sex", "M"),
        ({"PESO_KG": "70,5"}, "weight_kg, literature, literature_id", "70.5||"),
        ({"PESO_KG": "muito"}, "weight_kg, unparsed", "|['weight_kg']"),
    ],
)
def test_what_is_written_is_read(tmp_path: Path, changed: dict, columns: str, read: str):
    name = f"{ISSUE}/VigiMed_Notificacoes.csv"
    con = load(tmp_path, {name: table("Notificacoes", CASE | changed)})
    assert rows(con, "report", columns) == [read]


def test_drugs_and_reactions_stay_portuguese_and_lots_are_hashed(tmp_path: Path):
    con = load(
        tmp_path,
        {
            f"{ISSUE}/VigiMed_Medicamentos.csv": table(
                "Medicamentos",
                DRUG,
                DRUG | {"COMPONENTE_SUSPEITO": "Interação", "NUMELO_LOTE": ""},
                DRUG | {"COMPONENTE_SUSPEITO": "Medicamento não administrado"},
                DRUG | {"COMPONENTE_SUSPEITO": "Concomitante",
                        "PRINCIPIOS_ATIVOS_WHODRUG": "Paracetamol|Codeína"},
                DRUG,
                DRUG | {"COMPONENTE_SUSPEITO": "?"},
            ),
            f"{ISSUE}/VigiMed_Reacoes.csv": table(
                "Reacoes",
                {"IDENTIFICACAO_NOTIFICACAO": ID, "PT": "Síndrome de liberação de citocinas",
                 "DATA_INICIO_HORA": "20251118", "DESFECHO": "Recuperado/Resolvido"},
                {"IDENTIFICACAO_NOTIFICACAO": ID, "REACAO_EVTO_ADVERSO_MEDDRA_LLT": "Febre",
                 "DATA_INICIO_HORA": "00190101"},
            ),
        },
    )  # fmt: skip
    columns = (
        "drug_seq, role, drug_verbatim, active_ingredient, route, indication, start_date, unparsed"
    )
    assert rows(con, "report_drug", columns) == [
        "5|suspect|Kymriah|Tisagenlecleucel|Intravenosa|Linfoma; Leucemia|2025-11-15|",
        "3|interacting|Kymriah|Tisagenlecleucel|Intravenosa|Linfoma; Leucemia|2025-11-15|",
        "4|not_administered|Kymriah|Tisagenlecleucel|Intravenosa|Linfoma; Leucemia|2025-11-15|",
        "1|concomitant|Kymriah|Paracetamol; Codeína|Intravenosa|Linfoma; Leucemia|2025-11-15|",
        # An exact duplicate has the same number.
        "5|suspect|Kymriah|Tisagenlecleucel|Intravenosa|Linfoma; Leucemia|2025-11-15|",
        "2||Kymriah|Tisagenlecleucel|Intravenosa|Linfoma; Leucemia|2025-11-15|['role']",
    ]
    hashed = con.execute(
        "select count(distinct lot_hmac), count(lot_hmac), min(length(lot_hmac)) "
        "from staging.report_drug"
    )
    assert hashed.fetchone() == (1, 5, 64)
    assert rows(con, "report_event", "term_verbatim, outcome, onset_date, unparsed") == [
        "Síndrome de liberação de citocinas|Recuperado/Resolvido|2025-11-18|",
        "Febre|||['onset_date']",
    ]


def test_what_is_told_of_an_administration_is_read(tmp_path: Path):
    given = (
        {"DOSE": "500 mg", "FIM_ADMINISTRACAO": "20251116"},
        # The last of several ends; doses as they are written. Another dose is no other drug.
        {"DOSE": "1,5 mg|1,5 mg|2 g", "FIM_ADMINISTRACAO": "20251116|202512 0830"},
        # A text about a person is no amount with its unit, and the action taken does not say that
        # the reaction abated.
        {"DOSE": "a irmã deu 2 mg", "ACAO_ADOTADA": "Medicamento suspenso"},
        {"FIM_ADMINISTRACAO": "00190101"},
    )
    name = f"{ISSUE}/VigiMed_Medicamentos.csv"
    con = load(tmp_path, {name: table("Medicamentos", *(DRUG | changed for changed in given))})
    columns = "drug_seq, dose, end_date, end_date_precision, dechallenge, rechallenge, unparsed"
    assert rows(con, "report_drug", columns) == [
        "1|500 mg|2025-11-16|day|||",
        "1|1,5 mg; 2 g|2025-12-01|month|||",
        "1||||||",
        "1||||||['end_date']",
    ]


def test_nuls_quotes_and_rows_of_another_width_do_not_break_the_others(tmp_path: Path):
    good = table("Medicamentos", DRUG)
    row = good.split(b"\r\n")[1]
    content = good
    content += row.replace(b"Kymriah", b"Kym\x00riah") + b"\r\n"
    content += row.replace(b"Kymriah", b'"Kymriah') + b"\r\n"  # no quoting: a quote is a letter
    content += row + b";;\r\n" + row + b";a;b;c;d;e\r\n" + row[:30] + b"\r\n"
    con = load(tmp_path, {f"{ISSUE}/VigiMed_Medicamentos.csv": content})
    assert files(con)["2026-01-05/VigiMed_Medicamentos.csv"] == ("loaded", 6, 3, 3)
    assert aside(con) == [(5, "field_count"), (6, "field_count"), (7, "field_count")]
    assert rows(con, "report_drug", "drug_verbatim") == ["Kymriah", "Kym riah", '"Kymriah']


def test_swapped_columns_fail_the_file(tmp_path: Path):
    case = CASE | {"SEXO": "20251201", "DATA_INCLUSAO_SISTEMA": "Feminino"}
    name = "2026-01-05/VigiMed_Notificacoes.csv"
    con = load(tmp_path, {f"vigimed/{name}": table("Notificacoes", *[case] * 12)})
    assert problem(con, name).startswith("failed: suspect_columns: 0 of 12 values of data_inclusao")


def test_a_file_dropped_anywhere_is_known_by_its_columns():
    head = table("Reacoes", {})
    assert SOURCE.claim(Glimpse("x.csv", "plain", {"x.csv": head})) == Claim(
        "reacoes-x.csv", "VigiMed: Reacoes"
    )
