using System.Collections.Immutable;
using Orchestrator.Images;

namespace Orchestrator.Registry.Access;

/// <summary>The users of a registry at one moment.</summary>
/// <param name="Version">Unix time in milliseconds of the change, where they are in a file; of two files the greater.</param>
/// <param name="TokenKey">What tokens are signed with, so that any manager takes those of another.</param>
/// <param name="Users">By name.</param>
public sealed record AccountList(
    long Version, ReadOnlyMemory<byte> TokenKey, ImmutableArray<RegistryUser> Users);

/// <summary>Where users are kept: <see cref="AccountFile"/> of a daemon alone, the replicated store of a cluster.</summary>
public interface IAccountBook
{
    /// <summary>Whether it is certain that all users are known; while not, that there is none means nothing.</summary>
    bool IsKnown { get; }

    /// <summary>As known here; the same object for as long as nothing changes.</summary>
    AccountList Current { get; }

    /// <summary>Waits, for a little while, until what is known covers every change acknowledged before the call.</summary>
    Task RefreshAsync(CancellationToken cancellationToken);

    /// <summary>Adds a user, or replaces one of that name.</summary>
    /// <exception cref="ImageException">Unavailable: no majority of the managers can be reached.</exception>
    Task SaveAsync(RegistryUser user, CancellationToken cancellationToken);

    /// <returns>False: there is none of that name.</returns>
    /// <exception cref="ImageException">As with <see cref="SaveAsync"/>.</exception>
    Task<bool> RemoveAsync(string name, CancellationToken cancellationToken);
}
