"""Azure and Azure Arc, live: Resource Graph first, Azure Resource Manager for what the graph lacks."""
