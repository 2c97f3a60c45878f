"""Measures what money movements cost, next to the least that they could cost.

`script/benchmark` sets up and runs it; docs/performance.md says what the figures mean.
"""
