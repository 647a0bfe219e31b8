"""The registry: every metric that can be computed, in one visible list."""

from __future__ import annotations

from graph_models.customers import churn, depth, loyalty, newness, tiers, visibility
from graph_models.customers.buying import lifetime_value, purchase_metrics
from graph_models.customers.channels import customer_kinds
from graph_models.errors import NotFound
from graph_models.metrics.result import Metric
from graph_models.metrics.stakeholders import focal_closeness, ownership, salience, surveys
from graph_models.metrics.structure import articulation, centrality, closeness, cohesion, community, degree, eigenvectors, reach_k, structural_holes
from graph_models.metrics.value import (
    concentration,
    criticality,
    disruption,
    linkages,
    pass_through,
    time_to_recover,
)
from graph_models.metrics.value import (
    end_customers as sinks,
)
from graph_models.metrics.value import (
    trophic_level as trophic,
)
from graph_models.metrics.value import (
    value_loops as loops,
)
from graph_models.scores import score_metrics as scored
from graph_models.scores.scores import SCORES

METRICS: tuple[Metric, ...] = (
    loops.WSO,
    loops.WVFO,
    centrality.REACH,
    centrality.PAGERANK,
    eigenvectors.EIGENVECTOR,
    eigenvectors.KATZ,
    eigenvectors.HITS_HUB,
    eigenvectors.HITS_AUTHORITY,
    centrality.BETWEENNESS,
    closeness.CLOSENESS,
    closeness.HARMONIC,
    degree.DEGREE,
    degree.IN_DEGREE,
    degree.OUT_DEGREE,
    degree.STRENGTH_IN,
    degree.STRENGTH_OUT,
    reach_k.REACH_K,
    structural_holes.CONSTRAINT,
    structural_holes.EFFECTIVE_SIZE,
    cohesion.CLUSTERING,
    cohesion.CORE_NUMBER,
    focal_closeness.CLOSENESS_TO_FOCAL,
    focal_closeness.CIRCLE,
    community.COMMUNITY,
    articulation.ARTICULATION,
    salience.POWER,
    salience.LEGITIMACY,
    salience.URGENCY,
    salience.SALIENCE,
    salience.SALIENCE_CLASS,
    ownership.INTEGRATED_OWNERSHIP,
    ownership.CONTROL,
    pass_through.PASS_THROUGH_UP,
    pass_through.PASS_THROUGH_DOWN,
    pass_through.EMBODIED_VALUE_ADDED,
    sinks.SINK_SHARE,
    sinks.DIRECT_SHARE,
    sinks.INDIRECT_SHARE,
    sinks.IMPLICIT,
    criticality.CRITICALITY,
    disruption.DISRUPTION,
    disruption.DEMAND_DISRUPTION,
    trophic.TROPHIC_LEVEL,
    time_to_recover.TTR_TTS,
    linkages.BACKWARD_LINKAGE,
    linkages.FORWARD_LINKAGE,
    concentration.HHI_IN,
    concentration.HHI_OUT,
    concentration.TOP1_IN,
    concentration.TOP1_OUT,
    surveys.NPS,
    surveys.CSAT,
    surveys.CES,
    purchase_metrics.RECENCY_DAYS,
    purchase_metrics.FREQUENCY,
    purchase_metrics.MONETARY,
    purchase_metrics.RFM,
    lifetime_value.P_ALIVE,
    lifetime_value.EXPECTED_PURCHASES,
    lifetime_value.EXPECTED_SPEND,
    lifetime_value.CLV,
    churn.CHURN_RISK,
    loyalty.LOYALTY,
    loyalty.LOYALTY_POINTS,
    loyalty.LOYALTY_LEVEL,
    newness.NEWNESS,
    tiers.TIER,
    depth.DEPTH,
    customer_kinds.CUSTOMER_KIND,
    visibility.VISIBILITY,
    visibility.SIDE,
    scored.INFLUENCE,
    scored.VALUE_FLOW,
)

DEFAULT_SET: tuple[str, ...] = (
    "reach",
    "pagerank",
    "betweenness",
    "harmonic",
    "degree",
    "in_degree",
    "out_degree",
    "strength_in",
    "strength_out",
    "constraint",
    "effective_size",
    "clustering",
    "core_number",
    "circle",
    "community",
    "articulation",
    "wso",
    "pass_through_up",
    "pass_through_down",
    "sink_share",
    "embodied_value_added",
    "criticality",
    "disruption",
    "direct_share",
    "indirect_share",
    "implicit",
    "trophic_level",
    "hhi_in",
    "hhi_out",
    "top1_in",
    "top1_out",
    "salience",
    "salience_class",
    "integrated_ownership",
    "control",
    "nps",
    "csat",
    "ces",
    "recency_days",
    "frequency",
    "monetary",
    "rfm",
    "churn_risk",
    "loyalty",
    "newness",
    "tier",
    "depth",
    "customer_kind",
    "visibility",
    "side",
    "influence",
    "value_flow",
)
"""What an analysis computes that names no metrics, in this order; less those whose ``default_where`` does not hold."""

EXPLAINED: tuple[str, ...] = (*SCORES, *(metric.name for metric in METRICS if metric.explained_by is not None))
"""What :func:`~graph_models.analysis.explanation.explain` takes: both scores and the classes of parties."""
_BY_NAME = {metric.name: metric for metric in METRICS}


def metric_named(name: str) -> Metric:
    """The entry of a metric; ``NotFound`` where there is none of that name."""
    if name not in _BY_NAME:
        raise NotFound(f"{name!r} is no metric; there are {', '.join(sorted(_BY_NAME))}", metric=name)
    return _BY_NAME[name]
