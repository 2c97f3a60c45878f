from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ledger.money import Money, currency
from wallets.histories import balance_course
from wallets.models import Wallet
from wallets.plots import plot

_POINTS = 241


def balance_drawing(wallet: Wallet) -> SafeString:
    """Return SVG of what a wallet held from its opening until now; one query.

    It looks at some hundred instants at equal distances: what came and went between two of
    them is not drawn.
    """
    drawn = plot(balance_course(account_id=wallet.account_id, points=_POINTS))
    unit = currency(wallet.currency)
    ticks = [(tick.place, Money(tick.value, unit).decimal_string()) for tick in drawn.ticks]
    baseline = next(tick.place for tick in drawn.ticks if tick.value == 0)
    context = {"plot": drawn, "ticks": ticks, "baseline": baseline, "number": wallet.number}
    return render_to_string("wallets/balance_course.html", context)
