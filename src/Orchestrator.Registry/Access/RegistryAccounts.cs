using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Orchestrator.Linux.Files;

namespace Orchestrator.Registry.Access;

/// <summary>The users of a registry, as one document that managers hand on: the newer one counts.</summary>
/// <param name="Version">Unix time in milliseconds of the change, but always greater than the version before.</param>
/// <param name="TokenKey">What tokens are signed with, so that any manager takes those of another.</param>
internal sealed record AccountList(long Version, byte[] TokenKey, ImmutableArray<RegistryUser> Users);

/// <summary>Keeps the users on disk and checks logins.</summary>
public sealed class RegistryAccounts
{
    /// <summary>How long a login waits for its turn.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly object gate = new();
    private readonly string path;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim trials = new(Math.Max(1, Environment.ProcessorCount / 4));
    private volatile AccountList list;

    /// <summary>Logins found good since the users last changed; deriving a password's hash is slow by intent.</summary>
    private volatile ImmutableHashSet<(string Name, string PasswordHash)> proven = [];

    /// <param name="path">Of the document; 0600, in a folder that exists.</param>
    internal RegistryAccounts(string path, TimeProvider time)
    {
        (this.path, this.time) = (path, time);
        list = File.Exists(path)
            ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RegistryServerJson.Default.AccountList)!
            : new AccountList(0, RandomNumberGenerator.GetBytes(32), []);
    }

    /// <summary>Raised after a change made here, not after one taken over.</summary>
    internal event Action? Changed;

    internal AccountList Current => list;

    /// <summary>All users, by name.</summary>
    public IReadOnlyList<RegistryUser> Users => list.Users;

    /// <summary>Adds a user, or replaces one of that name.</summary>
    /// <param name="password">Null: stays what it was; a new user then cannot log in.</param>
    public void Save(string name, string? password, IEnumerable<RegistryGrant> grants)
    {
        var secret = password is null ? null : PasswordHash.Make(password);
        Change(users =>
        {
            var before = users.FirstOrDefault(u => u.Name == name);
            var after = new RegistryUser(name, secret ?? before?.Secret ?? "", [.. grants]);
            return [.. users.Where(u => u.Name != name).Append(after).OrderBy(u => u.Name, StringComparer.Ordinal)];
        });
    }

    /// <returns>False: there is none of that name.</returns>
    public bool Remove(string name)
    {
        if (list.Users.All(u => u.Name != name))
            return false;
        Change(users => users.RemoveAll(u => u.Name == name));
        return true;
    }

    /// <summary>Who is no user is told so no sooner than who has a wrong password.</summary>
    /// <returns>Null: no such user, or not that password.</returns>
    /// <exception cref="RegistryError">TOOMANYREQUESTS: others try passwords all the time.</exception>
    internal async Task<RegistryUser?> LogInAsync(string name, string password, CancellationToken cancellationToken)
    {
        var current = list;
        if (current.Users.IsEmpty)
            return null;
        var user = current.Users.FirstOrDefault(u => u.Name == name && u.Secret.Length > 0);
        var known = (name, Convert.ToHexString(HMACSHA256.HashData(
            current.TokenKey, System.Text.Encoding.UTF8.GetBytes(password))));
        if (user is not null && proven.Contains(known))
            return user;
        if (!await FitsAsync(user?.Secret ?? PasswordHash.Decoy, password, cancellationToken) || user is null)
            return null;
        lock (gate)
        {
            if (ReferenceEquals(current, list))
                proven = proven.Add(known);
        }

        return user;
    }

    /// <summary>Anybody can have passwords tried: that gets a part of the processors, and no thread that others need.
    /// </summary>
    private async Task<bool> FitsAsync(string secret, string password, CancellationToken cancellationToken)
    {
        if (!await trials.WaitAsync(Patience, cancellationToken))
            throw new RegistryError(429, "TOOMANYREQUESTS", "too many logins are being checked: try again later");
        try
        {
            return await Task.Run(() => PasswordHash.Fits(secret, password), CancellationToken.None);
        }
        finally
        {
            trials.Release();
        }
    }

    internal RegistryUser? Find(string name) => list.Users.FirstOrDefault(u => u.Name == name);

    /// <summary>Takes over what another manager has, if it is newer.</summary>
    internal bool TakeOver(AccountList other)
    {
        lock (gate)
        {
            if (other.Version <= list.Version)
                return false;
            Keep(other);
            return true;
        }
    }

    private void Change(Func<ImmutableArray<RegistryUser>, ImmutableArray<RegistryUser>> change)
    {
        lock (gate)
        {
            var version = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), list.Version + 1);
            Keep(list with { Version = version, Users = change(list.Users) });
        }

        Changed?.Invoke();
    }

    private void Keep(AccountList changed)
    {
        DurableFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(changed, RegistryServerJson.Default.AccountList));
        list = changed;
        proven = [];
    }
}
