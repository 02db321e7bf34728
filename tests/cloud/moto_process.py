"""Runs the simulated AWS (moto) as a process of its own until its stdin is closed; prints its address first."""

import logging
import os
import sys
import time


def main() -> None:
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    while not server.get_host_and_port()[1]:
        time.sleep(0.01)
    print(f"http://127.0.0.1:{server.get_host_and_port()[1]}", flush=True)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):  # moto writes about everything that it does not offer
        os.dup2(nowhere, stream)
    sys.stdin.readline()
    os._exit(0)


if __name__ == "__main__":
    main()
