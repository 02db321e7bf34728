"""The table of attributes: `name ; type ; kinds ; meaning`. A `~` after the name: worked out at judgement."""

CORE_TABLE = """
uid ; str ; identity of the asset across scans
provider ; str ; owner of the hardware: aws, azure, gcp, kubernetes, on_prem or a provider of the catalogue
account ; str ; account, subscription, project, cluster or site that holds it
partition ; str ; separate cloud of the same provider (aws-eusc, AzureUSGovernment, …)
kind ; str ; kind of asset
native_type ; str ; the provider's own name for the type
name ; str ; name as the provider shows it
tags ; map ; tags or labels; absent where the source cannot show them
created_at ; date ; when the provider says it was created
managed_by ; str ; management plane over it where that is not its owner, e.g. azure-arc
dc~ ; special_category|personal|pseudonymised|unclassified|anonymous|public ; data class: tagged, classified by policy, inherited, else unclassified
dc_source~ ; tag|policy|inherited|none ; where the data class comes from
critical~ ; bool ; the organisation calls it critical (tag or policy)
ropa_id~ ; str ; entry of the record of processing it belongs to (tag or policy)
retain_until~ ; date ; date after which it is to be gone (tag)
purpose~ ; str ; declared purpose (tag)
owner~ ; str ; person or team answerable (tag or policy)
loc~ ; place ; where it is: countries, status as of the date
"""

TABLE = """
relations_read ; list[str] ; * ; types of relations that its documents show completely: where one is named and none is there, there is none
encrypted ; bool ; storage.* database.* warehouse backup.vault secret log.group ; at rest
encryption ; str ; storage.* database.* warehouse ai.* training.* backup.vault log.group secret ; the provider's own word for the kind of encryption
custody~ ; none|provider|customer|customer_hsm|dedicated_hsm|external ; storage.* database.* warehouse key secret ai.model ai.customization ai.account training.notebook log.group backup.vault ; who holds the key: stated where the document alone proves it, else taken from the key it is encrypted by
public_access ; none|possible|public ; storage.bucket storage.registry storage.snapshot storage.image database.* warehouse ai.model ; effective access by anyone, after account-level guards
shared_key_auth ; bool ; storage.bucket ai.endpoint ai.account ai.customization database.instance ; a long-lived key instead of an identity opens it
cross_tenant_copy ; bool ; storage.bucket ai.account ai.customization ; copies to other tenants are allowed
https_only ; bool ; storage.bucket storage.filesystem storage.registry database.* warehouse ; refuses unencrypted connections
tls_min_below_12 ; bool ; storage.bucket storage.filesystem database.* warehouse ; accepts TLS older than 1.2
versioning ; bool ; storage.bucket storage.filesystem database.* warehouse ; keeps old versions
noncurrent_expire_days ; int ; storage.bucket storage.filesystem ; days after which old versions go; null = never
expire_days ; int ; storage.bucket storage.filesystem database.* warehouse log.group ; days after which data are deleted by themselves; null = never
soft_delete_days ; int ; storage.bucket storage.filesystem database.* warehouse ; days that deleted data can be brought back; 0 = none
lock_days ; int ; storage.bucket storage.filesystem backup.vault ; days of a write-once lock; null = no lock
immutable ; bool ; storage.bucket storage.filesystem storage.snapshot backup.vault log.trail log.group ; cannot be altered or deleted before its time
integrity_validation ; bool ; storage.bucket log.trail log.group ; digests of log files are kept
retention_days ; int ; storage.bucket log.trail log.group backup.vault ; days that entries are kept; null = no limit stated
unlimited ; bool ; storage.bucket log.trail log.group ; kept without limit
retention_declared~ ; str ; storage.* database.* warehouse ; `manual` where the organisation recorded a manual deletion process
read_logging ; bool ; storage.bucket database.* warehouse ; reads of the data are logged
discovery_hits ; int ; storage.bucket database.* warehouse ; personal data found by the provider's discovery service
cross_zone ; bool ; storage.bucket storage.filesystem database.* warehouse ; kept in more than one zone
backup_retention_days ; int ; storage.* database.* warehouse backup.vault ; days that backups are kept; 0 = no automatic backups
producer_ended_days~ ; int ; storage.bucket storage.filesystem ; days since the job that wrote it ended
saas_vendor ; str ; storage.bucket database.instance ; vendor outside the clouds that hosts it
secondary_loc ; place ; storage.bucket storage.filesystem storage.registry database.* warehouse backup.vault secret ; place of automatic second copies; null = none
backup_loc ; place ; database.* storage.filesystem warehouse ; place of automatic backups where stated; null = same place
role~ ; str ; storage.* database.* warehouse log.group ; what its data serve for: dataset, checkpoint, staging, scratch, cache, audit_sink
attached ; bool ; storage.volume training.notebook storage.filesystem ; in use by a machine
idle_since ; date ; storage.volume training.notebook storage.filesystem ; since when nobody uses it
source_uid ; str ; storage.snapshot storage.image ; asset it was copied from
source_region ; str ; storage.snapshot storage.image ; region it was copied from
managed_by_backup ; bool ; storage.snapshot storage.image ; a backup plan governs its life
state ; enabled|disabled|pending_destruction|expired|unavailable ; key secret ; whether it can be used
rotatable ; bool ; key ; the provider can rotate it
rotation_state ; on|off ; key ; automatic rotation
rotation_days ; int ; key ; days between rotations; null = none set
purge_protection ; bool ; key secret ; cannot be destroyed at once
destroy_delay_days ; int ; key secret ; days between the order to destroy and destruction
replica_locs ; list[place] ; key ; further places that hold its material
replica_countries~ ; list[str] ; key ; countries of those places
key_manager ; str ; key ; host name or connection of an external key manager
key_operator~ ; {name: str, country: str, owner_third_country: bool} ; key ; who operates the external key manager, by policy
allowed_reasons ; list[str] ; key ; reasons for which it is released; null = no policy
instance_type ; str ; compute.* training.* ai.endpoint ; the provider's type or size
gpu_count~ ; int ; compute.* training.* ai.endpoint ; accelerators of all its machines together: stated by the provider, else the catalogue's count for the type
gpu_model~ ; str ; compute.* training.* ai.endpoint ; accelerator model
node_count ; int ; compute.cluster compute.nodegroup training.job ; machines
public_ip ; bool ; compute.instance compute.nodegroup training.notebook ; reachable by a public address
open_ports ; list[{from: str, port: int}] ; compute.* ; ports open, and to whom (`any`, or a network)
confidential ; none|cpu|gpu|enclave ; compute.* training.job ; confidential computing
gpu_confidential ; bool ; compute.instance compute.nodegroup training.job ; memory of the accelerators is protected too, where the provider says
physical_country~ ; str ; compute.* ; country where the hardware stands, where known apart from the region
reservation_end ; date ; compute.instance compute.nodegroup ; when reserved capacity ends; null = open-ended
api_public ; bool ; compute.cluster ; control plane reachable from the internet
api_allowed_cidrs ; list[str] ; compute.cluster ; networks allowed to reach it
secrets_encrypted ; bool ; compute.cluster ; cluster secrets are encrypted by a key of the customer or by an envelope
audit_logging ; bool ; compute.cluster ; control-plane audit log is on
internode_encrypted ; bool ; training.job compute.cluster ; traffic between machines is encrypted
volume_custody~ ; none|provider|customer|customer_hsm|dedicated_hsm|external ; training.job compute.cluster ; who holds the key of the job's disks
network_isolated ; bool ; training.job training.notebook ; cannot reach other networks
vpc ; str ; training.* compute.* ai.endpoint database.instance ; private network it is attached to; null = none
started_at ; date ; training.job ai.customization transfer.job ; start
ended_at ; date ; training.job ai.customization transfer.job ; end; null = still running
accelerator_hours~ ; float ; training.job ai.customization ; accelerators × hours
model~ ; str ; training.job ai.endpoint ai.customization ; model it trains or serves
processing_scope ; region|zone|global ; training.job ai.endpoint ai.customization ai.inference_profile ; how far from its place it may compute
processing_locs ; list[place] ; training.job ai.endpoint ai.customization ai.inference_profile ; places it may compute, as the provider lists them
processing_countries~ ; list[str] ; training.job ai.endpoint ai.customization ai.inference_profile ; countries of those places
internet_access ; bool ; training.notebook ; direct way to the internet
root_access ; bool ; training.notebook ; its user is administrator
linked_stores ; list[{uid: str, saas_vendor: str, loc: place}] ; training.notebook ai.account ai.customization ; default stores behind it
vendor_base ; bool ; ai.model ; a vendor's model, not made by the organisation
model_vendor ; str ; ai.model ai.endpoint ai.customization ; who made the model
provider_vendor~ ; str ; ai.endpoint ai.customization ; the cloud's own vendor name
exportable ; bool ; ai.model ai.customization ; weights can be taken elsewhere
recipe_retained ; bool ; ai.model ai.customization ; code and parameters are kept
training_data_retained ; bool ; ai.model ai.customization ; training data are kept
model_status ; str ; ai.model ; status in the provider's words
public_network ; bool ; ai.endpoint ai.account training.notebook database.instance secret ; reachable from any address of the internet
private_endpoint ; bool ; ai.endpoint ai.account training.notebook database.instance secret ; has a private way in
guardrail_locs ; list[place] ; ai.endpoint governance.policy ; places where safety filters may compute
guardrail_countries~ ; list[str] ; ai.endpoint governance.policy ; countries of those places
endpoint_locations ; list[str] ; ai.endpoint account ; endpoints that were called, from logs
routing_regions ; list[place] ; ai.endpoint ai.account ai.customization ; further regions it may route to
invocation_logging ; bool ; ai.endpoint ai.account account account.region ; calls are logged
ai_act_high_risk~ ; bool ; ai.endpoint ai.model ; the organisation marked it a high-risk AI system
content_logging ; bool ; ai.account ai.customization ; the provider stores prompts for abuse monitoring
stored_completions ; bool ; ai.account ai.customization ; completions are stored
profile_type ; system|application ; ai.inference_profile ; made by the provider or by the customer
used ; bool ; ai.inference_profile ; evidence of use was seen; null = looked for and cannot be told
used_by ; list[str] ; ai.inference_profile ; who uses it
enabled ; bool ; transfer.job replication ; active
continuous ; bool ; transfer.job replication ; standing or scheduled
schedule ; str ; transfer.job replication ; schedule in the provider's words; null = none
sources~ ; list[{uid: str, loc: place, dc: str}] ; transfer.job ; ends it reads
hops ; list[{uid: str, loc: place}] ; transfer.job ; agents, intermediate stores and runtimes on the way
active ; bool ; log.trail ; logging now
covers_all_regions ; bool ; log.trail ; all regions of the account
management_events ; bool ; log.trail ; administrative calls are in it
type ; region|cmk|public_access|ai_scope|tag|other ; governance.policy ; what it guards; other = nothing of these
enforced ; bool ; governance.policy ; prevents, rather than reports
allowed_regions ; list[str] ; governance.policy ; regions or region groups it allows; null = does not name regions
allowed_countries~ ; list[str] ; governance.policy ; countries of those regions
scope_path ; str ; governance.policy ; account, group or organisation it is attached to
exceptions ; list[{covers_data: bool, expires: date}] ; governance.policy ; exemptions from it
peer_account ; str ; network.peering network.endpoint ; account at the other end
peer_loc ; place ; network.peering network.endpoint ; place of the other end
policy_open ; bool ; network.endpoint ; its policy allows everyone
services ; list[str] ; network.endpoint ; services it reaches
id ; str ; account ; the provider's id
organisation ; str ; account ; organisation or tenant root it belongs to; null = none
owner_entity~ ; str ; account ; legal entity that owns it, by policy
owner_country~ ; str ; account ; country of that entity, by policy
regions ; list[{region: str, opt_status: str}] ; account ; regions and whether they are on
ai_optout ; all|partial|none ; account ; effective opt-out from use of content by AI services
ai_retention_mode ; str ; account.region account ; how long and for whom the AI service keeps prompts
used_models ; list[str] ; account account.region ; models in use
cache_disabled ; bool ; account ; prompt caches are off
ai_services_used ; list[str] ; account ; AI services with assets or calls
operator_approval ; off|partial|on ; account ; provider staff need the customer's approval
operator_approval_mode ; required|streamlined|transparency ; account ; how binding that approval is
approval_key_invalid ; bool ; account ; signing key of approvals is broken
operator_log_exported ; bool ; account ; accesses by provider staff are exported
boundary ; str ; account ; sovereign boundary it lies in; null = none
boundary_violations ; int ; account governance.policy ; open violations of it
disallowed_services ; list[str] ; account ; services used inside the boundary that it does not allow
detectors ; list[{enabled: bool, covers: list[str]}] ; account account.region ; threat detection
contacts ; list[{type: str}] ; account ; contacts for security and privacy notices
trails ; list[{active: bool, covers_all_regions: bool, management_events: bool}] ; account ; audit logs that cover it
country ; str ; site ; country it stands in
city ; str ; site ; city
operator ; str ; site ; who runs it
operator_country ; str ; site ; country of the operator
"""
