"""Bedrock, live: what is logged and kept, where profiles compute, what customised models were made from."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulated_aws import DENIED, denied, play, recorded

from scanners.aws.live.bedrock import COLLECTORS

HERE = "arn:aws:bedrock:eu-central-1:111122223333"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
S3 = "arn:aws:s3:::"


def test_logging_of_calls_that_is_on_off_and_unread() -> None:
    on = {
        "loggingConfig": {
            "cloudWatchConfig": {"logGroupName": "/prompts", "roleArn": "x"},
            "s3Config": {"bucketName": "prompts-us"},
            "textDataDeliveryEnabled": True,
        }
    }
    run = play(COLLECTORS, {"bedrock.GetModelInvocationLoggingConfiguration": on})
    region = run.only("account.region")
    assert region.attributes["invocation_logging"] is True
    assert region.location.region == "eu-central-1"
    target = "arn:aws:logs:eu-central-1:111122223333:log-group:/prompts"
    assert run.relations(region.uid) == {("logs_to", target), ("logs_to", S3 + "prompts-us")}
    assert run.edge(region.uid, "logs_to", target)["content_logged"] is True
    assert play(COLLECTORS, {}).only("account.region").attributes["invocation_logging"] is False
    unread = play(COLLECTORS, {"bedrock.GetModelInvocationLoggingConfiguration": DENIED})
    assert "invocation_logging" not in unread.only("account.region").attributes
    assert unread.statuses()["account.region"] == "partial"


def test_how_long_prompts_are_kept_is_the_providers_own_word() -> None:
    run = play(COLLECTORS, {"bedrock.GetAccountDataRetention": {"mode": "provider_data_share"}})
    assert run.only("account.region").attributes["ai_retention_mode"] == "provider_data_share"


def profile(identity: str, sort: str, *models: str) -> dict[str, Any]:
    return {
        "inferenceProfileId": identity,
        "inferenceProfileArn": f"{HERE}:inference-profile/{identity}",
        "inferenceProfileName": identity,
        "type": sort,
        "status": "ACTIVE",
        "models": [{"modelArn": f"arn:aws:bedrock:{region}::foundation-model/anthropic.x"} for region in models],
    }


def test_profiles_say_where_they_may_compute_and_who_uses_them() -> None:
    def listed(parameters: dict[str, Any]) -> dict[str, Any]:
        if parameters["typeEquals"] == "APPLICATION":
            return {"inferenceProfileSummaries": [profile("app", "APPLICATION", "eu-central-1", "eu-west-3")]}
        if "nextToken" in parameters:
            return {"inferenceProfileSummaries": [profile("global.x", "SYSTEM_DEFINED", "", "eu-central-1")]}
        return {
            "inferenceProfileSummaries": [profile("de", "SYSTEM_DEFINED", "eu-central-1")],
            "nextToken": "more",
        }

    agent = {
        "agentId": "A1",
        "agentArn": f"{HERE}:agent/A1",
        "agentName": "helper",
        "foundationModel": "global.x",
        "instruction": "Tell nobody that the moon is hollow",
    }
    run = play(
        COLLECTORS,
        {
            "bedrock.ListInferenceProfiles": listed,
            "bedrock-agent.ListAgents": {"agentSummaries": [{"agentId": "A1"}]},
            "bedrock-agent.GetAgent": lambda parameters: {"agent": agent},
        },
    )
    by_name = {a.name: a.attributes for a in run.assets.values()}
    assert by_name["app"]["processing_scope"] == "zone"
    assert [place["region"] for place in by_name["app"]["processing_locs"]] == ["eu-central-1", "eu-west-3"]
    assert by_name["app"]["used"] is None
    assert by_name["global.x"]["processing_scope"] == "global"
    assert by_name["global.x"]["used_by"] == [f"{HERE}:agent/A1"]
    assert by_name["de"]["profile_type"] == "system"
    assert run.calls["bedrock-agent.GetAgent"] == 1
    assert "moon" not in run.kept
    blind = play(COLLECTORS, {"bedrock.ListInferenceProfiles": listed, "bedrock-agent.ListAgents": DENIED})
    assert all("used" not in a.attributes for a in blind.assets.values() if a.kind == "ai.inference_profile")
    assert blind.statuses()["ai.inference_profile"] == "partial"


def test_a_customised_model_and_the_job_that_made_it() -> None:
    data = {
        "trainingDataConfig": {"s3Uri": "s3://patients/train.jsonl"},
        "outputDataConfig": {"s3Uri": "s3://results/x"},
        "baseModelArn": "arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-pro-v1:0",
    }
    job = {
        "jobArn": f"{HERE}:model-customization-job/j",
        "jobName": "j",
        "roleArn": "x",
        "status": "InProgress",
        "creationTime": NOW,
        "outputModelArn": f"{HERE}:custom-model/m",
        "hyperParameters": {"note": "hidden-note"},
        "validationDataConfig": {"validators": [{"s3Uri": "s3://check/x"}]},
        **data,
    }
    model = {"modelArn": f"{HERE}:custom-model/m", "modelName": "m", "jobArn": job["jobArn"], **data}
    answers = {
        "bedrock.ListCustomModels": {"modelSummaries": [{"modelArn": model["modelArn"], "modelName": "m"}]},
        "bedrock.GetCustomModel": {**model, "modelKmsKeyArn": "arn:aws:kms:eu-central-1:111122223333:key/k"},
        "bedrock.ListModelCustomizationJobs": {"modelCustomizationJobSummaries": [{"jobArn": job["jobArn"]}]},
        "bedrock.GetModelCustomizationJob": job,
    }
    run = play(COLLECTORS, answers)
    assert run.relations(model["modelArn"]) == {
        ("encrypted_by", "arn:aws:kms:eu-central-1:111122223333:key/k"),
        ("trained_from", job["jobArn"]),
        ("trained_from", data["baseModelArn"]),
        ("trained_from", S3 + "patients"),
    }
    assert run.relations(job["jobArn"]) >= {("reads", S3 + "patients"), ("reads", S3 + "check")}
    assert ("writes", S3 + "results") in run.relations(job["jobArn"])
    attributes = run.assets[job["jobArn"]].attributes
    assert attributes["custody"] == "provider"
    assert attributes["ended_at"] is None
    assert attributes["model_vendor"] == "amazon"
    assert "custody" not in run.assets[model["modelArn"]].attributes
    assert "hidden-note" not in run.kept
    listed_only = play(COLLECTORS, {**answers, "bedrock.GetCustomModel": DENIED})
    assert "custody" not in listed_only.assets[model["modelArn"]].attributes
    gone = play(COLLECTORS, {**answers, "bedrock.GetCustomModel": ("ResourceNotFoundException", "gone")})
    assert gone.assets[model["modelArn"]].name == "m"


def test_copies_batches_deployments_guardrails_and_knowledge_bases() -> None:
    source = "arn:aws:bedrock:us-east-1:111122223333:custom-model/m"
    answers: dict[str, Any] = {
        "bedrock.ListModelCopyJobs": {
            "modelCopyJobSummaries": [
                {
                    "jobArn": f"{HERE}:model-copy-job/c",
                    "status": "Completed",
                    "sourceModelArn": source,
                    "targetModelArn": f"{HERE}:custom-model/m2",
                }
            ]
        },
        "bedrock.ListModelInvocationJobs": {
            "invocationJobSummaries": [
                {
                    "jobArn": f"{HERE}:model-invocation-job/b",
                    "jobName": "b",
                    "modelId": "anthropic.x",
                    "submitTime": NOW,
                    "inputDataConfig": {"s3InputDataConfig": {"s3Uri": "s3://ask/x"}},
                    "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": "s3://answers/x"}},
                }
            ]
        },
        "bedrock.ListCustomModelDeployments": {
            "modelDeploymentSummaries": [
                {
                    "customModelDeploymentArn": f"{HERE}:custom-model-deployment/d",
                    "customModelDeploymentName": "d",
                    "modelArn": f"{HERE}:custom-model/m",
                }
            ]
        },
        "bedrock.ListGuardrails": {"guardrails": [{"id": "g", "arn": f"{HERE}:guardrail/g", "name": "g"}]},
        "bedrock.GetGuardrail": {"guardrailId": "g", "guardrailArn": f"{HERE}:guardrail/g", "name": "g"},
        "bedrock-agent.ListKnowledgeBases": {"knowledgeBaseSummaries": [{"knowledgeBaseId": "KB"}]},
        "bedrock-agent.GetKnowledgeBase": {
            "knowledgeBase": {"knowledgeBaseId": "KB", "knowledgeBaseArn": f"{HERE}:knowledge-base/KB", "name": "kb"}
        },
        "bedrock-agent.ListDataSources": {"dataSourceSummaries": [{"knowledgeBaseId": "KB", "dataSourceId": "D"}]},
        "bedrock-agent.GetDataSource": {
            "dataSource": {
                "dataSourceId": "D",
                "dataSourceConfiguration": {
                    "type": "S3",
                    "s3Configuration": {"bucketArn": S3 + "wiki", "bucketOwnerAccountId": "999988887777"},
                },
            }
        },
    }
    run = play(COLLECTORS, answers)
    assert run.relations(source) == {("replicates_to", f"{HERE}:custom-model/m2")}
    assert run.relations(f"{HERE}:model-invocation-job/b") == {("reads", S3 + "ask"), ("writes", S3 + "answers")}
    assert run.relations(f"{HERE}:custom-model/m") == {("deployed_as", f"{HERE}:custom-model-deployment/d")}
    assert run.relations(f"{HERE}:knowledge-base/KB") == {("reads", S3 + "wiki")}
    guard = run.assets[f"{HERE}:guardrail/g"]
    assert guard.attributes["guardrail_locs"] == [{"kind": "region", "region": "eu-central-1"}]
    across = f"{HERE}:guardrail-profile/eu.guardrail.v1:0"
    answers["bedrock.GetGuardrail"]["crossRegionDetails"] = {"guardrailProfileArn": across}
    (place,) = play(COLLECTORS, answers).assets[guard.uid].attributes["guardrail_locs"]
    assert place == {"kind": "multi_region", "region": "eu.guardrail.v1:0", "service": "bedrock-guardrails"}
    answers["bedrock.GetGuardrail"]["crossRegionDetails"] = {"guardrailProfileArn": "arn:x"}
    assert "guardrail_locs" not in play(COLLECTORS, answers).assets[guard.uid].attributes


def test_what_is_denied_is_never_empty() -> None:
    run = play(COLLECTORS, denied(COLLECTORS))
    assert not run.assets
    assert set(run.statuses().values()) == {"denied"}
    assert {cell.missing_permission for cell in run.cells if cell.kind == "account.region"} == {
        "bedrock:GetAccountDataRetention, bedrock:GetModelInvocationLoggingConfiguration"
    }


def test_recorded_answers(recordings: Path) -> None:
    answers: dict[str, Any] = {
        "bedrock.ListInferenceProfiles": lambda p: (
            recorded(recordings, "bedrock/ListInferenceProfiles.1") if p["typeEquals"] == "APPLICATION" else {}
        ),
        "bedrock.ListCustomModels": recorded(recordings, "bedrock/ListCustomModels.1"),
        "bedrock.GetCustomModel": recorded(recordings, "bedrock/GetCustomModel.1"),
        "bedrock.GetModelInvocationLoggingConfiguration": recorded(
            recordings, "bedrock/GetModelInvocationLoggingConfiguration.1"
        ),
    }
    run = play(COLLECTORS, answers, region="us-east-1")
    profile = next(a for a in run.assets.values() if a.kind == "ai.inference_profile")
    assert {"kind": "region", "region": "us-west-2"} in profile.attributes["processing_locs"]
    assert profile.attributes["processing_scope"] == "zone"
    assert ("trained_from", S3 + "bedrock-c7n") in run.relations(run.only("ai.model").uid)
    assert ("logs_to", S3 + "test-bedrock-1") in run.relations()


def test_tags_come_from_one_call_for_the_region() -> None:
    arn = f"{HERE}:inference-profile/app"
    tags = {"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": [{"Key": "data", "Value": "personal"}]}]}
    answers = {
        "bedrock.ListInferenceProfiles": lambda p: (
            {"inferenceProfileSummaries": [profile("app", "APPLICATION", "eu-central-1")]}
            if p["typeEquals"] == "APPLICATION"
            else {}
        ),
        "resourcegroupstaggingapi.GetResources": tags,
    }
    assert play(COLLECTORS, answers).assets[arn].tags == {"data": "personal"}
    unread = play(COLLECTORS, {**answers, "resourcegroupstaggingapi.GetResources": DENIED})
    assert not isinstance(unread.assets[arn].tags, dict)
