using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Pipes;

/// <summary>A route that is put, or taken away.</summary>
/// <param name="Put">Null: taken away.</param>
internal sealed record RouteOrder(RouteSpec Spec, RoutePut? Put) : Order
{
    /// <summary>What IPv6 makes of no metric.</summary>
    private const int MetricOfIPv6 = 1024;

    public override bool Lasts => Put is not null;

    public override bool EndsOne => Put is null;

    public override bool Ends(Order older) => older is RouteOrder { Spec: var that } && that.Destination.Equals(Spec.Destination)
        && that.Table == Spec.Table && Put switch
        {
            null => Fits(Spec, that),
            RoutePut.Append => that == Spec,
            _ => that.Metric == Spec.Metric,
        };

    public override void Execute(RouteSocket route)
    {
        if (Put is { } put)
            route.PutRoute(Spec, put);
        else
            route.DeleteRoute(Spec);
    }

    public override bool Holds(SpaceDump found) => found.AllRoutes.Any(route =>
        route.Destination.Equals(Spec.Destination) && route.Table == Spec.Table && route.Kind == Spec.Kind && Fits(Spec, route)
        && (Spec.Metric > 0 || route.Metric == (Spec.IsIPv6 ? MetricOfIPv6 : 0)));

    public override void Restore(RouteSocket route) =>
        route.PutRoute(Spec, Put == RoutePut.Append ? RoutePut.Append : RoutePut.Replace);

    public override void Undo(RouteSocket route) => route.DeleteRoute(Spec);

    /// <summary>Has a route all that is given?</summary>
    private static bool Fits(RouteSpec given, RouteSpec route) =>
        (given.Gateway is null || given.Gateway.Equals(route.Gateway))
        && (given.Link == 0 || given.Link == route.Link)
        && (given.Source is null || given.Source.Equals(route.Source))
        && (given.Metric == 0 || given.Metric == route.Metric)
        && (given.Mtu == 0 || given.Mtu == route.Mtu);
}
