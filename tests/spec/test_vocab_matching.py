"""What a drug row's texts mean, as tables that docs/vocabulary.md explains.

`-` stands for a missing text or for no product. A column of the table is as wide as it likes.
"""

import pytest

from pv.vocab import products, substances

PRODUCT = r"""
reported                          | ingredient                      | route       | product
KYMRIAH                           | TISAGENLECLEUCEL                | -           | kymriah
Kymriah (tisagenlecleucel)        | -                               | -           | kymriah
tisagenlecleucel-t                | -                               | -           | kymriah
CTL-019                           | -                               | -           | kymriah
CTL 019 cells                     | -                               | -           | kymriah
KTE-C19                           | -                               | -           | yescarta
KTE-X19                           | -                               | -           | tecartus
LCAR B38M CAR-T CELLS             | -                               | -           | carvykti
BMN270                            | -                               | -           | roctavian
-                                 | VORETIGENE NEPARVOVEC-RZYL      | -           | luxturna
-                                 | SIPULEUCEL-T                    | -           | provenge
LAVIV                             | AZFICEL-T                       | -           | laviv
DURVEQTIX                         | -                               | -           | beqvez
CAR-T CELLS NOS                   | -                               | -           | -
LENTIGLOBIN BB305                 | -                               | -           | -
AUTOLOGOUS CULTURED CHONDROCYTES  | -                               | -           | -
CHONDROITIN SULFATE               | CHONDROITIN SULFATE (BOVINE)    | -           | -
MACI                              | -                               | -           | maci
maci                              | Unspecified Ingredient          | -           | maci
MACI                              | AUTOLOGOUS CULTURED CHONDROCYTES | -          | maci
MACI implant                      | -                               | -           | maci
MACI                              | MACITENTAN                      | -           | -
MACI 10 MG                        | -                               | -           | -
MACI                              | MACITENTAN\TADALAFIL            | -           | -
Macitentan                        | MACITENTAN                      | -           | -
OPSUMIT                           | MACITENTAN                      | -           | -
Opsynvi                           | MACITENTAN\TADALAFIL            | -           | -
MACITENTAN MACI LABS              | -                               | -           | -
ZOLGENSMA                         | ONASEMNOGENE ABEPARVOVEC-XIOI   | Intrathecal | zolgensma
ITVISMA                           | ONASEMNOGENE ABEPARVOVEC-BRVE   | Intrathecal | itvisma
ITVISMA                           | ONASEMNOGENE ABEPARVOVEC        | -           | itvisma
-                                 | ONASEMNOGENE ABEPARVOVEC-BRVE   | -           | itvisma
-                                 | ONASEMNOGENE ABEPARVOVEC        | Intravenous | zolgensma
-                                 | ONASEMNOGENE ABEPARVOVEC        | -           | zolgensma
-                                 | ONASEMNOGENE ABEPARVOVEC        | INTRATHECAL USE | itvisma
-                                 | onasemnogene abeparvovec (intrathecal) | -    | itvisma
AVXS-101 intrathecal              | -                               | -           | itvisma
OAV101 IT                         | -                               | -           | itvisma
KYMRIAH OR YESCARTA               | -                               | -           | -
KYMRIAH OR YESCARTA               | AXICABTAGENE CILOLEUCEL         | -           | yescarta
-                                 | -                               | -           | -
"""

SUBSTANCE = r"""
name                                            | substance
Metformin Hydrochloride                         | METFORMIN
METHYLPREDNISOLONE SODIUM SUCCINATE             | METHYLPREDNISOLONE
Tiotropium Bromide Monohydrate                  | TIOTROPIUM
Tenofovir Disoproxil Fumarate                   | TENOFOVIR DISOPROXIL
Testosterone Cypionate                          | TESTOSTERONE
Sodium Chloride                                 | SODIUM CHLORIDE
Potassium Chloride                              | POTASSIUM CHLORIDE
Lithium Carbonate                               | LITHIUM CARBONATE
Calcium Carbonate                               | CALCIUM CARBONATE
Ferrous Sulfate Anhydrous                       | FERROUS SULFATE
Sodium Lauryl Sulfate                           | SODIUM LAURYL SULFATE
Dimethyl Fumarate                               | DIMETHYL FUMARATE
Chloral Hydrate                                 | CHLORAL HYDRATE
Sodium                                          | SODIUM
Vitamin C And Zinc                              | VITAMIN C AND ZINC
ONASEMNOGENE ABEPARVOVEC-XIOI                   | ONASEMNOGENE ABEPARVOVEC
DATOPOTAMAB DERUXTECAN-DLNK                     | DATOPOTAMAB DERUXTECAN
FAM-TRASTUZUMAB DERUXTECAN-NXKI                 | TRASTUZUMAB DERUXTECAN
Etanercept-Szzs                                 | ETANERCEPT
Advil Liqui-Gels                                | ADVIL LIQUI-GELS
L-Dopa                                          | L-DOPA
Pk-Merz                                         | PK-MERZ
Azficel-T                                       | AZFICEL-T
Sipuleucel-T                                    | SIPULEUCEL-T
Omega-3-Acid                                    | OMEGA-3-ACID
Povidone-Iodine                                 | POVIDONE-IODINE
Peginterferon Alfa-2b                           | PEGINTERFERON ALFA-2B
Sulfamethoxazole\Trimethoprim                   | SULFAMETHOXAZOLE / TRIMETHOPRIM
Trimethoprim\Sulfamethoxazole                   | SULFAMETHOXAZOLE / TRIMETHOPRIM
Diane (Cyproterone Acetate\Ethinyl Estradiol)   | CYPROTERONE / ETHINYL ESTRADIOL
Chondroitin Sulfate (Bovine)\Menthol            | CHONDROITIN SULFATE (BOVINE) / MENTHOL
Ziprasidone Hydrochloride\Ziprasidone Mesylate  | ZIPRASIDONE
Paracetamol                                     | ACETAMINOPHEN
PREDNISONE                 /00044701/           | PREDNISONE
Atomoxetine.                                    | ATOMOXETINE
.Alpha.-Lipoic Acid                             | .ALPHA.-LIPOIC ACID
Unspecified Ingredient                          | -
-                                               | -
"""


def cells(table: str) -> list[list[str | None]]:
    lines = table.strip().splitlines()[1:]
    return [[None if c.strip() == "-" else c.strip() for c in line.split(" | ")] for line in lines]


@pytest.mark.parametrize(("reported", "ingredient", "route", "product"), cells(PRODUCT))
def test_a_drug_row_names_this_product(reported, ingredient, route, product):
    assert products.match([(reported, ingredient)], [route]) == [product]


@pytest.mark.parametrize(("name", "substance"), cells(SUBSTANCE))
def test_a_name_folds_to_this_substance(name, substance):
    assert substances.fold_many([name]) == [substance]
