#!/usr/bin/env python3
"""Measure Splink on DuckDB on a list that Zhike is measured on, on the same machine.

usage: linkage.py LIST.csv TRUTH.csv      a customer list with Chinese headings; the truth has row and entity
       linkage.py febrl3.csv              FEBRL's persons; the truth is in rec_id

Needs `pip install splink` (5.0). Prints rows, true pairs, the best F1 over all thresholds, seconds and peak memory.
The rules are written by hand for these lists, as an analyst would write them after the tutorial.
"""
import resource, sys, time

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

FORM = "(股份有限公司|有限责任公司|集团有限公司|有限公司|公司)"


def customers(con, path, truth):
    """Names without place brackets, blanks and legal form; digits of numbers; the city from its field."""
    text = open(path, "rb").read()
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        path = "/tmp/splink-list.csv"
        open(path, "w", encoding="utf-8").write(text.decode("gb18030", errors="replace"))
    con.execute(f"""
        CREATE TABLE list AS
        WITH rows AS (SELECT *, row_number() OVER () + 1 AS row FROM read_csv('{path}', all_varchar = true, parallel = false)),
        plain AS (SELECT row, nfc_normalize(translate("客户名称", '（）　', '() ')) AS written, * FROM rows)
        SELECT row AS unique_id, t.entity,
            nullif(regexp_replace(regexp_replace(replace(written, ' ', ''), '\\(.*?\\)', ''), '{FORM}', ''), '') AS name,
            nullif(upper("统一社会信用代码"), '') AS code, nullif("联系人", '') AS contact,
            nullif(right(regexp_replace(coalesce("手机", ''), '[^0-9]', '', 'g'), 11), '') AS mobile,
            nullif(regexp_replace(coalesce("电话", ''), '[^0-9]', '', 'g'), '') AS tel,
            nullif(lower(trim(coalesce("邮箱", ''))), '') AS email,
            nullif(regexp_replace(regexp_replace(coalesce("省市", ''), '^.*省', ''), '市$', ''), '') AS city,
            nullif("地址", '') AS address
        FROM plain JOIN read_csv('{truth}') t USING (row)""")
    con.execute("UPDATE list SET name = replace(replace(name, city || '市', ''), city, '') WHERE length(name) > length(city) + 1")
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("name"), block_on("mobile"), block_on("email"), block_on("tel"), block_on("code"),
            block_on("contact", "city"), block_on("substr(name, 1, 2)", "city"),
        ],
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("city"),
            cl.ExactMatch("code"),
            cl.JaroWinklerAtThresholds("contact", [0.8]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("mobile"), cl.ExactMatch("tel"), cl.ExactMatch("email"), cl.ExactMatch("address"),
        ],
        additional_columns_to_retain=["entity"],
    )
    return settings, [block_on("name", "city"), block_on("mobile")], [block_on("mobile"), block_on("email"), block_on("code")]


def persons(con, path):
    con.execute(f"""
        CREATE TABLE list AS SELECT row_number() OVER () AS unique_id, split_part(trim(rec_id), '-', 2)::INT AS entity,
            {', '.join(f"nullif(trim({c}), '') AS {c}" for c in PERSON)}
        FROM (SELECT * FROM read_csv('{path}', all_varchar = true, normalize_names = true))""")
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("soc_sec_id"), block_on("date_of_birth"), block_on("given_name", "surname"),
            block_on("address_1", "street_number"), block_on("surname", "postcode"), block_on("given_name", "postcode"),
        ],
        comparisons=[
            cl.ForenameSurnameComparison("given_name", "surname"),
            cl.LevenshteinAtThresholds("date_of_birth", [1, 2]), cl.LevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number"), cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7]),
            cl.JaroWinklerAtThresholds("suburb", [0.9]), cl.LevenshteinAtThresholds("postcode", [1]),
        ],
        additional_columns_to_retain=["entity"],
    )
    return settings, [block_on("date_of_birth"), block_on("surname", "postcode")], [block_on("soc_sec_id"), block_on("date_of_birth")]


PERSON = ["given_name", "surname", "street_number", "address_1", "suburb", "postcode", "date_of_birth", "soc_sec_id"]


def main():
    con = duckdb.connect()
    con.execute("SET threads = 2")
    start = time.monotonic()
    settings, training, certain = customers(con, *sys.argv[1:3]) if len(sys.argv) > 2 else persons(con, sys.argv[1])
    api = DuckDBAPI(con)
    linker = Linker(api.register("list"), settings)
    laps = {"prepare": time.monotonic()}
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in training:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    laps["train"] = time.monotonic()
    pairs = linker.inference.predict(threshold_match_weight=-5)
    laps["predict"] = time.monotonic()
    rows = con.execute(f"SELECT match_weight, entity_l = entity_r FROM {pairs.physical_name} ORDER BY 1 DESC").fetchall()
    true = con.execute("SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM list GROUP BY entity)").fetchone()[0]
    right, best = 0, (0, 0, 0)
    for at, (_, same) in enumerate(rows, 1):
        right += same
        best = max(best, (2 * right / (at + true), right / at, right / true))
    count = con.execute("SELECT count(*) FROM list").fetchone()[0]
    spent, before = [], start
    for name, end in laps.items():
        spent.append(f"{name} {end - before:.1f}")
        before = end
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"rows {count}; true pairs {true:.0f}; precision {best[1]:.4f} recall {best[2]:.4f} F1 {best[0]:.4f}; "
          f"seconds {before - start:.1f} ({', '.join(spent)}); peak {peak} MB")


if __name__ == "__main__":
    main()
