"""The console's tables: timetable, participants, enrolments, staff, on-call shifts."""
