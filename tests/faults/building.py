"""Builds of their own, for the campaigns that need another configuration than the tests'."""

import os
import shutil
import subprocess


def build(root, folder, targets, *options):
    """Configures and builds `targets` of the tree at `root` in `folder`; a build that fails ends the program with its last words."""
    environment = dict(os.environ)
    if shutil.which("ccache"):
        environment.update(CMAKE_C_COMPILER_LAUNCHER="ccache", CCACHE_BASEDIR=str(root), CCACHE_NOHASHDIR="1")
    for command in (["cmake", "-S", root, "-B", folder, *options],
                    ["cmake", "--build", folder, "--parallel", str(os.cpu_count() or 1), "--target", *targets]):
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise SystemExit("prove: %s could not be built:\n%s" % (", ".join(targets), done.stdout[-4000:]))
    return folder
