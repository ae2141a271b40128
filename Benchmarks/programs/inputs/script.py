import collections, hashlib, itertools, json, math, os, re, shutil, struct, sys, time

print(sys.platform)
words = collections.Counter(re.findall(r"\w+", open("script.js").read()))
print(sorted(words.items(), key=lambda item: (-item[1], item[0]))[:3])
print(hashlib.sha256(b"abc").hexdigest()[:16], math.factorial(30), struct.pack("<Id", 7, 1.5).hex())
print(sum(1 for _ in itertools.permutations(range(7))), json.dumps({"a": [1, 2.5, None, True]}))
start = time.monotonic()
time.sleep(0.01)
print(0.01 <= time.monotonic() - start < 5)
os.makedirs("made/below")
with open("made/below/file", "w") as file:
    file.write("x" * 100000)
print(os.stat("made/below/file").st_size, sorted(os.listdir("made")), os.path.exists("missing"))
os.rename("made/below/file", "made/moved")
print([(folder, sorted(folders), sorted(files)) for folder, folders, files in sorted(os.walk("made"))])
shutil.rmtree("made")
print(os.path.exists("made"))
try:
    open("../../etc/passwd")
except OSError as error:
    print(isinstance(error, PermissionError) or isinstance(error, FileNotFoundError))
sys.exit(7)
