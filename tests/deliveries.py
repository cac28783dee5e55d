"""Small good deliveries of agencies outside the United States, all invented."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence

import xlsxwriter

from pv.sources.canada_vigilance import TABLES as CANADA

_EV_DETAILS = "(Drug Char - Indication PT - Action taken - [Duration - Dose - Route])"
HEADERS = {
    "demo": (
        "識別番号,報告回数,性別,年齢,体重,身長,報告年度・四半期,状況,報告の種類,報告者の資格,E2B"
    ),
    "drug": (
        "識別番号,報告回数,医薬品連番,医薬品の関与,医薬品（一般名）,医薬品（販売名）,経路,投与開始日,"
        "投与終了日,投与量,投与単位,分割投与回数,使用理由,医薬品の処置,再投与による再発の有無,"
        "リスク区分等"
    ),
    "reac": "識別番号,報告回数,有害事象連番,有害事象,転帰,有害事象の発現日",
    "Notificacoes": (
        "UF;IDENTIFICACAO_NOTIFICACAO;DATA_INCLUSAO_SISTEMA;DATA_ULTIMA_ATUALIZACAO;"
        "TIPO_NOTIFICACAO;DATA_NASCIMENTO;IDADE_MOMENTO_REACAO;SEXO;GRAVE;DESFECHO;NOTIFICADOR"
    ),
    "Medicamentos": (
        "IDENTIFICACAO_NOTIFICACAO;NOME_MEDICAMENTO_WHODRUG;PRINCIPIOS_ATIVOS_WHODRUG;"
        "COMPONENTE_SUSPEITO;INICIO_ADMINISTRACAO;NUMELO_LOTE"
    ),
    "Reacoes": "IDENTIFICACAO_NOTIFICACAO;PT;DATA_INICIO_HORA;DESFECHO",
    "vaers_DATA": (
        "VAERS_ID,RECVDATE,STATE,AGE_YRS,CAGE_YR,CAGE_MO,SEX,RPT_DATE,SYMPTOM_TEXT,DIED,DATEDIED,"
        "L_THREAT,ER_VISIT,HOSPITAL,HOSPDAYS,X_STAY,DISABLE,RECOVD,VAX_DATE,ONSET_DATE,NUMDAYS,"
        "LAB_DATA,V_ADMINBY,V_FUNDBY,OTHER_MEDS,CUR_ILL,HISTORY,PRIOR_VAX,SPLTTYPE"
    ),
    "vaers_VAX": "VAERS_ID,VAX_TYPE,VAX_MANU,VAX_LOT,VAX_DOSE_SERIES,VAX_ROUTE,VAX_SITE,VAX_NAME",
    "vaers_SYMPTOMS": "VAERS_ID," + ",".join(f"SYMPTOM{i},SYMPTOMVERSION{i}" for i in range(1, 6)),
    "case": "ADR,SEX,AGE_10,RECVD_YEAR,SERIOUSNESS",
    "idap_drug": "ADR,DRUG",
    "event": "ADR,PT,SOC_ABBREV,FATAL_YN",
    "listing": (
        "EU Local Number,Report Type,EV Gateway Receipt Date,Primary Source Qualification,"
        "Primary Source Country for Regulatory Purposes,Literature Reference,Patient Age Group,"
        "Patient Age Group (as per reporter),Parent Child Report,Patient Sex,"
        "Reaction List PT (Duration \u2013 Outcome - Seriousness Criteria),"
        f"Suspect/interacting Drug List {_EV_DETAILS},"
        f"Concomitant/Not Administered Drug List {_EV_DETAILS},ICSR Form"
    ),
}


def _text(header: str, rows: Sequence[str], encoding: str = "utf-8") -> bytes:
    return "".join(f"{line}\r\n" for line in (header, *rows)).encode(encoding)


def _canada(label: str, cases: Sequence[Mapping[str, str]]) -> bytes:
    names = CANADA[label].layout.required
    rows = ["$".join(f'"{case.get(name, "")}"' for name in names) for case in cases]
    return "".join(f"{row}\r\n" for row in rows).encode()


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def members(content: bytes) -> dict[str, bytes]:
    """The files in a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def jader(cases: int) -> dict[str, bytes]:
    """JADER's issue of November 2024."""
    ids = [f"AB-23{i:06}" for i in range(cases)]
    quarters = [f"2023・第{'一二三四'[i % 4]}" for i in range(cases)]
    demo = [f"{n},01,{'男女'[i % 2]}性,60歳代,50kg台,,{quarters[i]},調査完了,自発報告,医師,R3"
            for i, n in enumerate(ids)]  # fmt: skip
    drug = [f"{n},01,001,被疑薬,チサゲンレクルユーセル,キムリア点滴静注,静脈内点滴,20230401,"
            "20230402,1,DF,1,リンパ腫,投与中止,発熱(有)," for n in ids]  # fmt: skip
    reac = [f"{n},01,001,{('発熱', '悪心')[i % 2]},回復,2023040{1 + i % 9}"
            for i, n in enumerate(ids)]  # fmt: skip
    rows = {"demo": demo, "drug": drug, "reac": reac}
    return {
        f"jader/202411/{table}202411.csv": _text(HEADERS[table], rows[table], "cp932")
        for table in rows
    }


def canada_vigilance(cases: int) -> dict[str, bytes]:
    """Canada's extract of the last day of September 2024, as a zip."""
    ids = [{"report_id": f"{1_000_000 + i}"} for i in range(cases)]
    reports = [
        {
            **case, "report_no": f"{700_000 + i:09}", "version_no": "1",
            "datreceived": f"{1 + i % 28:02}-MAR-24", "datintreceived": f"{1 + i % 28:02}-MAR-24",
            "gender_eng": ("Female", "Male")[i % 2], "age_y": f"{30 + i % 40}",
            "seriousness_eng": "Serious", "death": "2", "hosp_required": "1",
            "reporter_type_eng": "Physician", "source_eng": "Hospital",
            "report_type_eng": "Spontaneous", "weight": "70", "weight_unit_eng": "Kilogram",
        }
        for i, case in enumerate(ids)
    ]  # fmt: skip
    drugs = [{**case, "report_drug_id": f"{i}", "drugname": "KYMRIAH", "druginvolv_eng": "Suspect",
              "unit_dose_qty": "1", "dose_unit_eng": "Dosage forms"}
             for i, case in enumerate(ids)]  # fmt: skip
    events = [{**case, "reaction_id": f"{i}", "pt_name_eng": ("Pyrexia", "Nausea")[i % 2],
               "meddra_version": "v.27.0"} for i, case in enumerate(ids)]  # fmt: skip
    indications = [{**case, "report_drug_id": f"{i}", "indication_name_eng": "Lymphoma"}
                   for i, case in enumerate(ids)]  # fmt: skip
    tables = {
        "reports": reports, "report_drug": drugs, "reactions": events,
        "report_drug_indication": indications,
    }  # fmt: skip
    members = {f"cv/{label}.txt": _canada(label, rows) for label, rows in tables.items()}
    return {"canada_vigilance/cvponline_extract_20240930.zip": zipped(members)}


def vigimed(cases: int) -> dict[str, bytes]:
    """VigiMed as of 5 February 2024."""
    ids = [f"BR-ANVISA-3000{i:06}" for i in range(cases)]
    notes = [f"SP;{n};202401{1 + i % 28:02};;Notificação espontânea;19800101;{30 + i % 40} ano;"
             f"{('Feminino', 'Masculino')[i % 2]};Sim;Recuperado/Resolvido;Médico"
             for i, n in enumerate(ids)]  # fmt: skip
    drugs = [f"{n};Kymriah;Tisagenlecleucel;Suspeito;20240101;LOT{i % 3}"
             for i, n in enumerate(ids)]  # fmt: skip
    events = [f"{n};{('Pirexia', 'Náusea')[i % 2]};20240102;Recuperado/Resolvido"
              for i, n in enumerate(ids)]  # fmt: skip
    rows = {"Notificacoes": notes, "Medicamentos": drugs, "Reacoes": events}
    return {
        f"vigimed/2024-02-05/VigiMed_{table}.csv": _text(HEADERS[table], rows[table], "latin-1")
        for table in rows
    }


def idap(cases: int) -> dict[str, bytes]:
    """iDAP's zip of a substance as of 1 March 2024."""
    numbers = range(1, cases + 1)
    name = "tisagenlecleucel"
    members = {
        f"{name}_case.csv": _text(
            HEADERS["case"], [f"{i},{'FM'[i % 2]},50,{2022 + i % 3},Serious" for i in numbers]
        ),
        f"{name}_drug.csv": _text(HEADERS["idap_drug"], [f"{i},KYMRIAH" for i in numbers]),
        f"{name}_event.csv": _text(
            HEADERS["event"], [f"{i},{('Pyrexia', 'Nausea')[i % 2]},Genrl,N" for i in numbers]
        ),
    }
    return {f"idap/2024-03-01/{name}.zip": zipped(members)}


def eudravigilance(cases: int) -> dict[str, bytes]:
    """A line listing of 30 June 2024, with cases of the economic area and of outside."""
    area = ("European Economic Area", "Non European Economic Area")
    cited = ("Not available", "Not available", "Muster A. J Inv 2024. doi:10.1000/inv.7")
    rows = [
        f"EU-EC-1{i:010},Spontaneous,2024-05-{1 + i % 28:02} 00:00:00,Healthcare Professional,"
        f"{area[i % 2]},{cited[i % 3]},18-64 Years,Adult,No,{('Female', 'Male')[i % 2]},"
        f'"{("Pyrexia", "Nausea")[i // 2 % 2]} (n/a - Unknown - Life Threatening),<BR><BR>Rash '
        '(2d - Recovered/Resolved - )",KYMRIAH [TISAGENLECLEUCEL] (S - Lymphoma - n/a - [1d - '
        "1DF - Intravenous]),Not reported,ICSR"
        for i in range(cases)
    ]
    header = HEADERS["listing"]
    content = b"\xef\xbb\xbf" * 2 + _text(header, rows)
    return {"eudravigilance/kymriah_2024-06-30.csv": content}


def workbook(cases: int) -> bytes:
    """The listing of `eudravigilance` as a workbook."""
    (content,) = eudravigilance(cases).values()
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(csv.reader(io.StringIO(content.decode().lstrip("\ufeff")))):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def vaers(cases: int) -> dict[str, bytes]:
    """VAERS's year 2013 as issued in April 2014."""
    ids = [f"{400_001 + i}" for i in range(cases)]
    lived = [
        f'{n},07/{1 + i % 28:02}/2013,WI,{20 + i % 60}.0,,,{"FM"[i % 2]},,"had, ""it""",,,,,Y,'
        ",,,U,06/04/2013,06/05/2013,1,,PVT,UNK,,,,,"
        for i, n in enumerate(ids)
    ]
    given = [f"{n},FLU3,SANOFI,9q01042,1,IM,LA,INFLUENZA (SEASONAL) (FLUZONE)" for n in ids]
    had = [f"{n},{('Pyrexia', 'Nausea')[i % 2]},16.1,Pain,16.1,,,,,," for i, n in enumerate(ids)]
    tables = {"DATA": lived, "VAX": given, "SYMPTOMS": had}
    return {
        f"vaers/2014-04-14/2013VAERS{table}.csv": _text(HEADERS[f"vaers_{table}"], rows, "cp1252")
        for table, rows in tables.items()
    }


def daen(cases: int) -> dict[str, bytes]:
    """DAEN's list of 19 June 2022 as text: it has no header."""
    first, *rows = [
        f"{500_000 + i}\t{1 + i % 28:02}/02/2021\t{30 + i % 40}\t{'FM'[i % 2]}\tCOMIRNATY "
        f"(tozinameran) - Suspected\t{('Pyrexia', 'Nausea')[i % 2]}\tP"
        for i in range(cases)
    ]  # fmt: skip
    return {"daen/2022-06-19/list.txt": _text(first, rows)}


ALL = {
    made.__name__: made
    for made in (jader, canada_vigilance, vigimed, idap, eudravigilance, vaers, daen)
}
