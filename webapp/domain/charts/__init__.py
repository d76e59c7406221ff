"""Charts as geometry: numbers in, positions and paths out; macros/charts.html draws them.

Pictures are measured in two ways. Where only one direction has a size of its own (columns, lines,
streams), positions are percentages of a field that stretches while its words keep their size.
Where cells are square or round (calendar, clock), positions are units of a view box.

Whoever calls writes the words (`Point.text`: "3 h 12 min") and gives values in the unit that a
scale shows (hours, not milliseconds). Values below zero, or that are no numbers, are refused.
"""

from webapp.domain.charts.bar_chart import BarChart as BarChart
from webapp.domain.charts.bar_chart import bars as bars
from webapp.domain.charts.calendar_chart import CalendarChart as CalendarChart
from webapp.domain.charts.calendar_chart import calendar as calendar
from webapp.domain.charts.clock_chart import ClockChart as ClockChart
from webapp.domain.charts.clock_chart import clock as clock
from webapp.domain.charts.column_chart import ColumnChart as ColumnChart
from webapp.domain.charts.column_chart import columns as columns
from webapp.domain.charts.line_chart import LineChart as LineChart
from webapp.domain.charts.line_chart import line as line
from webapp.domain.charts.points import Point as Point
from webapp.domain.charts.points import Series as Series
from webapp.domain.charts.rank_chart import RankChart as RankChart
from webapp.domain.charts.rank_chart import ranks as ranks
from webapp.domain.charts.share_chart import ShareChart as ShareChart
from webapp.domain.charts.share_chart import share as share
from webapp.domain.charts.spark_chart import SparkChart as SparkChart
from webapp.domain.charts.spark_chart import spark as spark
from webapp.domain.charts.stream_chart import StreamChart as StreamChart
from webapp.domain.charts.stream_chart import stream as stream
