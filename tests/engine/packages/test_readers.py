"""Packages come in from folders, zips and uploads alike; what is hostile or too much is refused."""

import io
import stat
import zipfile

import pytest

from engine.packages import PackageError, read_files, read_folder, read_zip, readers

FILES = {
    "package.yaml": b"title: x\nroles: [clerk]\n",
    "loan.bpmn": b"<definitions/>",
    "tier.dmn": b'<definitions xmlns="d"><decision id="tier" name="Tier of a loan"/></definitions>',
    "forms/opinion.form": b'{"components": [], "schemaVersion": 18}',
    "scenarios/01.yaml": b"name: one\n",
    "i18n/en.yaml": "贷款: Loan\n".encode(),
}


def zipped(files, **changes):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**files, **changes}.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def on_disk(path, files):
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def test_all_readers_give_the_same_package(tmp_path):
    folder = read_folder(on_disk(tmp_path / "loan", FILES))
    zip_of_folder = read_zip(zipped({f"loan/{name}": data for name, data in FILES.items()}))
    flat_zip = read_zip(zipped(FILES), key="loan")
    uploaded = read_files(
        {name.split("/")[-1] if name.endswith(".form") else name: data for name, data in FILES.items()}
    )
    assert folder.key == zip_of_folder.key == flat_zip.key == uploaded.key == "loan"
    assert folder == zip_of_folder == flat_zip == uploaded
    assert folder.problems == ()


def test_knows_what_stands_in_the_files():
    package = read_files(FILES)
    assert package.decisions == {"tier": "tier.dmn", "Tier of a loan": "tier.dmn"}
    assert list(package.forms) == ["opinion"]
    assert package.translations == {"贷款": "Loan"}
    assert list(package.bpmn_files) == ["loan.bpmn"]
    assert list(package.scenarios) == ["scenarios/01.yaml"]


def test_the_hash_is_of_what_runs():
    package = read_files(FILES)
    assert read_files({**FILES, "scenarios/02.yaml": b"name: two\n"}).content_hash == package.content_hash
    assert read_files({**FILES, "forms/opinion.form": b'{"components": [] }'}).content_hash != package.content_hash


def test_what_is_no_part_of_a_package_is_named_and_left_out(tmp_path):
    files = {**FILES, "notes.docx": b"x", "README.md": b"x", ".git/config": b"x", "__MACOSX/loan.bpmn": b"x"}
    for package in (read_folder(on_disk(tmp_path / "loan", files)), read_zip(zipped(files)), read_files(files)):
        assert package.ignored == ("notes.docx",)
        assert set(package.files) == set(FILES)


def test_a_defect_in_one_file_does_not_hide_the_rest():
    broken = {
        **FILES,
        "forms/a.form": b"{",
        "forms/b.form": b"[]",
        "forms/c.form": b'{"a": 1, "a": 2}',
        "forms/d.form": b'{"a":' + b"[" * 100_000,
        "x.dmn": b"<a",
        "y.dmn": b'<definitions xmlns="d"><decision id="tier"/></definitions>',
        "i18n/en.yaml": b"- a",
        "package.yaml": b"roles: {",
    }
    package = read_files(broken)
    assert {problem.file for problem in package.problems} == set(broken) - {
        "loan.bpmn",
        "tier.dmn",
        "forms/opinion.form",
        "scenarios/01.yaml",
    }
    assert list(package.forms) == ["opinion"]


def test_a_package_without_diagram_is_none():
    with pytest.raises(PackageError, match=r"no \.bpmn file"):
        read_files({"package.yaml": b"title: x"})


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../up.bpmn", "a/../../up.bpmn", "C:/x.bpmn", "a\\b.bpmn", "forms/../../x.form"]
)
def test_paths_that_lead_elsewhere_are_refused(name):
    with pytest.raises(PackageError):
        read_files({**FILES, name: b"x"})
    with pytest.raises(PackageError):
        read_zip(zipped(FILES, **{name: b"x"}))


def test_links_in_zips_are_refused():
    link = zipfile.ZipInfo("link.bpmn")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO(zipped(FILES))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(PackageError, match="link"):
        read_zip(buffer.getvalue())


def test_links_that_leave_the_folder_are_refused(tmp_path):
    (tmp_path / "secret").write_text("x")
    folder = on_disk(tmp_path / "loan", FILES)
    (folder / "leak.bpmn").symlink_to(tmp_path / "secret")
    with pytest.raises(PackageError, match="leads out"):
        read_folder(folder)


def test_a_zip_bomb_is_refused_without_unpacking_it():
    with pytest.raises(PackageError, match="bytes"):
        read_zip(zipped(FILES, **{"bomb.bpmn": b"0" * (readers.MAX_FILE_BYTES + 1)}))


def test_many_small_files_are_refused_by_their_sum(monkeypatch):
    monkeypatch.setattr(readers, "MAX_TOTAL_BYTES", 1000)
    with pytest.raises(PackageError, match="together"):
        read_zip(zipped(FILES, **{f"{n}.bpmn": b"0" * 400 for n in range(3)}))


def test_too_many_files_are_refused():
    many = {f"{n}.bpmn": b"x" for n in range(readers.MAX_FILES)}
    with pytest.raises(PackageError, match="500 files"):
        read_files({**FILES, **many})


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04nonsense", b"hello"])
def test_what_is_no_zip_is_refused(data):
    with pytest.raises(PackageError, match="cannot be read"):
        read_zip(data)


def test_a_damaged_zip_is_refused():
    data = bytearray(zipped(FILES))
    data[60:90] = b"\0" * 30
    with pytest.raises(PackageError):
        read_zip(bytes(data))


def test_names_in_gbk_zips_are_read():
    data = zipped({"package.yaml": FILES["package.yaml"], "xxxx.bpmn": b"<definitions/>"})
    package = read_zip(data.replace(b"xxxx", "贷款".encode("gb18030")))
    assert "贷款.bpmn" in package.files


def test_there_must_be_a_folder(tmp_path):
    with pytest.raises(PackageError, match="no such folder"):
        read_folder(tmp_path / "nothing")


def test_form_numbers_are_decimals():
    package = read_files({**FILES, "n.form": b'{"max": 0.10}'})
    assert str(package.forms["n"]["max"]) == "0.10"


@pytest.mark.parametrize("number", ["1e99999999", "-1e-99999999", "9" * 200])
def test_a_number_no_field_could_hold_is_no_form(number):
    """As the least of a field it was written out in the message to whoever gave less: a hundred megabytes."""
    package = read_files({**FILES, "n.form": f'{{"min": {number}}}'.encode()})
    [problem] = [found for found in package.problems if found.file.endswith("n.form")]
    assert "too large or too small" in problem.message


def test_models_find_what_they_import_by_place_or_namespace():
    package = read_files(
        {**FILES, "rules/main.dmn": b'<definitions namespace="m"/>', "rules/base.dmn": b'<definitions namespace="b"/>'}
    )
    load = package.importer("rules/main.dmn")
    assert load("b", "base.dmn") == load("b", None) == load("b", "elsewhere.dmn") == b'<definitions namespace="b"/>'
    assert load("none", "none.dmn") is None
