package berth
