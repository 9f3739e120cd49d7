"""The camera child as it is, where picamera2 needs the shims."""

from tests.virtual_camera import shims

if __name__ == "__main__":
    assert shims
    from agent.camera_child import main

    main()
