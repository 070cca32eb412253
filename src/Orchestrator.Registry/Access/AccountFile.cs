using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Orchestrator.Linux.Files;

namespace Orchestrator.Registry.Access;

/// <summary>The users of a registry that no other shares: one document, 0600, replaced whole.</summary>
internal sealed class AccountFile : IAccountBook
{
    private readonly object gate = new();
    private readonly string path;
    private readonly TimeProvider time;
    private volatile AccountList list;

    /// <param name="path">In a folder that exists.</param>
    public AccountFile(string path, TimeProvider time)
    {
        (this.path, this.time) = (path, time);
        list = Read(path) ?? new AccountList(0, RandomNumberGenerator.GetBytes(32), []);
    }

    public bool IsKnown => true;

    public AccountList Current => list;

    /// <returns>Null: there is no such file.</returns>
    public static AccountList? Read(string path) => File.Exists(path)
        ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RegistryServerJson.Default.AccountList) : null;

    public Task RefreshAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SaveAsync(RegistryUser user, CancellationToken cancellationToken)
    {
        Change(users =>
            [.. users.Where(u => u.Name != user.Name).Append(user).OrderBy(u => u.Name, StringComparer.Ordinal)]);
        return Task.CompletedTask;
    }

    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var isThere = list.Users.Any(u => u.Name == name);
        if (isThere)
            Change(users => users.RemoveAll(u => u.Name == name));
        return Task.FromResult(isThere);
    }

    private void Change(Func<ImmutableArray<RegistryUser>, ImmutableArray<RegistryUser>> change)
    {
        lock (gate)
        {
            var version = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), list.Version + 1);
            var changed = list with { Version = version, Users = change(list.Users) };
            DurableFile.Replace(
                path, JsonSerializer.SerializeToUtf8Bytes(changed, RegistryServerJson.Default.AccountList));
            list = changed;
        }
    }
}
