"""What it means: catalogue, policy, flows, conditions and the engine. Pure: no network, no window."""
