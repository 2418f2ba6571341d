"""The estimator measured: calibration, an independent oracle, speed, growth, forecasts, false alarms."""
