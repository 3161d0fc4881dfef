namespace BillionHearts.Bench;

/// <summary>Photos as files, kept in <c>artifacts/</c> for the next run: making a photo takes longer than making its rendition.</summary>
internal sealed record PhotoFolder(int Width, int Height, int Quality)
{
    public string Path { get; } = System.IO.Path.Join(Repository.Root, "artifacts", "photos", $"{Width}x{Height}-q{Quality}");

    public List<string> Make(int count, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path);
        var files = Enumerable.Range(1, count).Select(seed => System.IO.Path.Join(Path, $"{seed}.jpg")).ToList();

        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();

            if (!File.Exists(files[i]))
            {
                var unfinished = $"{files[i]}.part";
                File.WriteAllBytes(unfinished, DetailedPhotos.Jpeg(Width, Height, i + 1, Quality));
                File.Move(unfinished, files[i]);
            }
        }

        return files;
    }
}
