"""What can be wrong with schedules, as a sentence for people."""


class ScheduleError(Exception):
    """A schedule cannot be made, removed or run; the text says why and what to do."""
