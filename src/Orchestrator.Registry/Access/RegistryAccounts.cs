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
    private readonly object gate = new();
    private readonly string path;
    private readonly TimeProvider time;
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

    /// <returns>Null: no such user, or not that password.</returns>
    internal RegistryUser? LogIn(string name, string password)
    {
        var current = list;
        if (current.Users.FirstOrDefault(u => u.Name == name) is not { Secret.Length: > 0 } user)
            return null;
        var known = (name, Convert.ToHexString(HMACSHA256.HashData(
            current.TokenKey, System.Text.Encoding.UTF8.GetBytes(password))));
        if (proven.Contains(known))
            return user;
        if (!PasswordHash.Fits(user.Secret, password))
            return null;
        if (ReferenceEquals(current, list))
            proven = proven.Add(known);
        return user;
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
