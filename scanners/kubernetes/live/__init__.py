"""Clusters read live: from a kubeconfig to assets, over plain HTTPS and only by get and list."""
