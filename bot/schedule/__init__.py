"""The timetable: when sessions are, for whom, and who said that they cannot come."""
