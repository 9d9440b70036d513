"""Who answers for what, over REST: signatures with their facts, bound by a hash."""


def test_a_signature_is_bound_to_the_facts_by_their_hash(as_, start, task_of):
    case = start("checked", amount=1)
    task = task_of(case, "fill")["id"]
    facts = as_("li").get(f"/tasks/{task}/facts").json
    assert facts["variables"] == {"amount": 1}
    assert as_("nobody").get(f"/tasks/{task}/facts").status_code == 404
    stale = as_("li").post(f"/tasks/{task}/complete", {"form": {"limit": 5}, "facts_hash": "0" * 64})
    assert stale.status_code == 409
    given = {"form": {"limit": 5}, "facts_hash": facts["facts_hash"]}
    assert as_("li").post(f"/tasks/{task}/complete", given).status_code == 200
    [row] = as_("audit").get(f"/instances/{case['id']}/signatures").json["items"]
    assert (row["person"], row["duty"], row["facts_hash"]) == ("li", "INT-2", facts["facts_hash"])
    signed = as_("audit").get(f"/instances/{case['id']}/signatures/{row['id']}").json
    assert (signed["facts"]["variables"], signed["form"], signed["proved"]) == ({"amount": 1}, {"limit": 5}, True)
    assert as_("audit").get(f"/instances/{case['id']}/signatures/{2**40}").status_code == 404
    assert as_("nobody").get(f"/instances/{case['id']}/signatures").status_code == 404
