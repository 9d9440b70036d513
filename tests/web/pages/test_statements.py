"""How often a page asks the database: a large case asks no more than a small one, a long list than a short one."""

from models.cases import Attachment
from models.papers import Document, PaperItem
from models.questions import QuestionEntry, ReviewQuestion
from tests.databases import statements

FILES, QUESTIONS, CASES = 300, 200, 16


def asked(house, visitor, address):
    """How many statements the page takes once what is the same for everybody is known."""
    visitor.get(address)
    with statements(house.sessions.engine) as sent:
        visitor.get(address)
    return len(sent)


def fill(house, case, files, questions):
    """Files, half of them under an item of a checklist in ten versions, and questions with their answers."""
    with house.step() as step:
        asked = {"desk": "intake", "n": 1, "kind": "statements", "title": "银行流水", "whose": "borrower"}
        step.session.add(PaperItem(instance_id=case.id, required=True, needs_original=False, **asked))
        for n in range(files):
            file = Attachment(
                instance_id=case.id,
                name=f"流水 {n}.pdf",
                media_type="application/pdf",
                size=1000,
                sha256=f"{n:064x}",
                stored_as=f"{case.id.hex}{n}",
                person="li",
                attached_at=step.now,
            )
            step.session.add(file)
            step.session.flush()
            if n % 2 == 0:
                version = n * 10 // files + 1
                step.session.add(
                    Document(attachment_id=file.id, instance_id=case.id, kind="statements", version=version)
                )
        for n in range(1, questions + 1):
            said = [
                QuestionEntry(seq=1, kind="asked", round=1, text="为什么", by="qian", at=step.now),
                QuestionEntry(seq=2, kind="answered", round=1, text="因为", by="wang", at=step.now),
            ]
            step.session.add(
                ReviewQuestion(instance_id=case.id, n=n, text=f"第 {n} 问", state="answered", entries=said)
            )


def test_a_large_case_asks_no_more_than_a_small_one(lending, browse, work):
    small, large = work.investigated(), work.investigated()
    fill(lending, small, 1, 1)
    fill(lending, large, FILES, QUESTIONS)
    for person, page in (("audit", "case"), ("zhao", "task")):
        of = {
            case.id: f"/cases/{case.id}" if page == "case" else f"/tasks/{work.task(case, 'b').id}"
            for case in (small, large)
        }
        few, many = (asked(lending, browse(person), of[case.id]) for case in (small, large))
        assert many <= few, page
        assert many <= 80, page


def test_lists_ask_no_more_for_many_tasks(lending, browse, work):
    addresses = ("/inbox", "/inbox/roles", "/inbox/done", "/cases")
    first = work.start()
    work.claim(first, "check", "li")
    work.start()
    li = browse("li")
    few = {address: asked(lending, li, address) for address in addresses}
    for n in range(CASES):
        case = work.start()
        if n % 2:
            work.claim(case, "check", "li")
    many = {address: asked(lending, li, address) for address in addresses}
    assert all(many[address] <= few[address] + 1 for address in addresses), (few, many)
    assert max(many.values()) <= 45


def test_a_case_with_many_documents_shows_a_few_of_each_and_folds_the_others(lending, browse, work):
    case = work.investigated()
    fill(lending, case, FILES, 0)
    page = browse("audit").get(f"/cases/{case.id}").text
    section = page.split('id="documents-h"')[1].split("</section>")[0]
    assert section.count("流水") >= FILES
    assert "以前的版本 135 份" in section
    assert "其余 138 份" in section, "of the 150 that belong to no item"


def test_the_bundle_asks_no_more_for_many_documents(lending, browse, work):
    of = {}
    for files in (1, FILES):
        case = work.investigated()
        fill(lending, case, files, 0)
        of[files] = asked(lending, browse("audit"), f"/cases/{case.id}/files/bundle")
    assert of[FILES] <= of[1]
