module example.org/buoy
